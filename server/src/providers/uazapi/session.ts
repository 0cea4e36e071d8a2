import type { InstanceAddress, ProviderTools, ServerAddress, SessionOf } from '#provider-kit';
import type { capabilities } from './capabilities.ts';
import { fetchMedia } from './fetch-media.ts';
import { gatewayCalls } from './gateway.ts';
import { findSent, send } from './send.ts';
import { setWebhook } from './set-webhook.ts';
import { connect, logOut, remove, report, restart } from './steer.ts';

export function openSession(
  tools: ProviderTools,
  server: Pick<ServerAddress, 'baseUrl'>,
  instance: InstanceAddress,
): SessionOf<typeof capabilities> {
  const call = gatewayCalls(tools, server.baseUrl, { token: instance.token });
  return {
    send: (message) => send(call, message),
    findSent: (message) => findSent(call, message),
    fetchMedia: (source) => fetchMedia(tools, call, source),
    connect: (input) => connect(call, input),
    report: () => report(call),
    restart: () => restart(call),
    logOut: () => logOut(call),
    remove: () => remove(call),
    setWebhook: (target) => setWebhook(call, target),
  };
}
