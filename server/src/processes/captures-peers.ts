import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Express, RequestHandler } from 'express';
import { ensureCapturesInstance } from '#modules/sandbox-account';
import { CAPTURES_PREFIX, createEvolutionDouble, createUazapiDouble } from '#sandbox';
import type { GatewayDouble } from '#sandbox';
import type { Hub } from './open-hub.ts';

export interface CapturesPeers {
  mount(app: Express): void;
  /** Makes what is missing and writes the secret addresses to `sandbox/<provider>-hook.url` in the data folder. */
  ready(url: string, accountId: string): Promise<void>;
  close(): Promise<void>;
}

interface PeersOptions {
  readonly folder: string;
  readonly key: string;
  readonly uiKey: string;
  readonly baseUrl: () => string;
  readonly webhookOrigins: () => readonly string[];
}

/** Doubles of the two real gateways on the Hub's own port, each with an instance that accepts captured webhooks as they are. */
export function openCapturesPeers(hub: Hub, { folder, key, uiKey, baseUrl, webhookOrigins }: PeersOptions): CapturesPeers {
  const open = (
    create: typeof createUazapiDouble,
    provider: 'uazapi' | 'evolution',
  ): { provider: typeof provider; path: string; double: GatewayDouble } => {
    const path = `/sandbox/${provider}`;
    const double = create({
      adminKey: key,
      uiKey,
      baseUrl: () => `${baseUrl()}${path}`,
      stateFile: join(folder, `${provider}.jsonl`),
      webhookOrigins,
    });
    return { provider, path, double };
  };
  const peers = [open(createUazapiDouble, 'uazapi'), open(createEvolutionDouble, 'evolution')];

  return {
    mount(app) {
      for (const { path, double } of peers) app.use(path, fromThisMachine, double.handle);
    },
    async ready(url, accountId) {
      const tools = {
        database: hub.database,
        instances: { ...hub.instances, publicUrl: url },
        inboxes: { ...hub.inboxes, publicUrl: url },
      };
      const make = async ({ provider, path, double }: (typeof peers)[number]): Promise<void> => {
        const address = await ensureCapturesInstance(tools, accountId, {
          provider,
          name: `${CAPTURES_PREFIX}${provider}`,
          gatewayUrl: `${url}${path}`,
          gatewayKey: key,
          scan: async (name) => double.scan(name),
        });
        await writeFile(join(folder, `${provider}-hook.url`), address, { mode: 0o600 });
      };
      // Somebody may have taken parts of the sandbox away by hand: the Hub starts without them.
      const failed = (error: unknown): void => hub.log.warn('sandbox.captures-failed', { err: error });
      await Promise.all(peers.map((peer) => make(peer).catch(failed)));
    },
    async close() {
      await Promise.all(peers.map(({ double }) => double.close()));
    },
  };
}

/** The token in the captures is no secret, so only the Hub itself may use these: never a stranger, directly or through a proxy. */
const fromThisMachine: RequestHandler = (request, response, next) => {
  const address = request.socket.remoteAddress ?? '';
  const direct = request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined;
  if (direct && /^(::ffff:)?127\.|^::1$/.test(address)) next();
  else response.status(404).end();
};
