import { endpointUrl } from '#modules/endpoints';
import { linkInbox } from '#modules/inboxes';
import { connectInstance, createInstance, createProviderServer } from '#modules/instances';
import { contextsOf, tellNewAddresses } from './sandbox-context.ts';
import type { SandboxTools } from './sandbox-context.ts';

export interface CapturesPeer {
  readonly provider: 'uazapi' | 'evolution';
  /** At the gateway and here. */
  readonly name: string;
  /** Where the Hub itself reaches the gateway. */
  readonly gatewayUrl: string;
  readonly gatewayKey: string;
  /** Scans the QR for the visitor. */
  readonly scan: (name: string) => Promise<void>;
}

/**
 * An instance of a real gateway's double with an inbox of its own, to post captured webhooks to. Made by the verbs that people
 * use; what is there already is kept. Gives its secret webhook address.
 */
export async function ensureCapturesInstance(tools: SandboxTools, accountId: string, peer: CapturesPeer): Promise<string> {
  const { instances, inboxes } = contextsOf(tools, accountId);
  const serverName = `Captures (${peer.provider})`;
  const found = await tools.database.withAccount(accountId, async (open) => {
    const moved = await open.providerServer.updateMany({
      where: { name: serverName, baseUrl: { not: peer.gatewayUrl } },
      data: { baseUrl: peer.gatewayUrl },
    });
    return {
      moved: moved.count > 0,
      server: await open.providerServer.findFirst({ where: { name: serverName } }),
      instance: await open.instance.findFirst({ where: { name: peer.name }, include: { inboxes: true } }),
      link: await open.chatwootLink.findFirst(),
    };
  });
  if (found.moved && found.instance) await tellNewAddresses({ instances, inboxes }, found.instance);
  const { provider, gatewayUrl: baseUrl, gatewayKey: adminSecret } = peer;
  const server = found.server ?? (await createProviderServer(instances, { provider, name: serverName, baseUrl, adminSecret }));
  const instance = found.instance ?? (await createInstance(instances, { providerServerId: server.id, name: peer.name }));
  if (!found.instance) {
    await connectInstance(instances, { id: instance.id });
    await peer.scan(peer.name);
  }
  if (!found.instance?.inboxes[0] && found.link)
    await linkInbox(inboxes, { instanceId: instance.id, chatwootLinkId: found.link.id, inboxName: `WhatsApp (${peer.name})` });
  const url = await tools.database.withAccount(accountId, (open) =>
    endpointUrl(open, tools.instances.keys, tools.instances.publicUrl, { instanceId: instance.id }),
  );
  if (url === null) throw new Error(`the instance ${peer.name} has no webhook address`);
  return url;
}
