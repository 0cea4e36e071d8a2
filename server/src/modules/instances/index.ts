/**
 * Provider servers and the WhatsApp numbers on them: made, connected, steered, watched, removed.
 * Not its job: carrying messages (bridge) or knowing a gateway's HTTP (providers).
 */
export { createInstancesRouter } from './instances.router.ts';
export { recordConnection } from './record-connection.ts';
export type { InstancesContext, InstanceTools } from './tools.ts';
export { createInstance } from './create-instance.ts';
export { createProviderServer } from './create-provider-server.ts';
export { tellWebhook } from './tell-webhook.ts';
export { connectInstance } from './connect-instance.ts';
export { syncInstancesJob } from './sync-instances.job.ts';
export { createSyncInstancesHandler } from './sync-instances.worker.ts';
