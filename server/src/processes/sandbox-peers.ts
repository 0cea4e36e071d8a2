import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Express } from 'express';
import { z } from 'zod';
import { ensureSandboxAccount } from '#modules/sandbox-account';
import type { SandboxAccount } from '#modules/sandbox-account';
import { createSandboxChatwoot, createSandboxGateway } from '#sandbox';
import type { SandboxKeys } from '@whatpro/sdk/contract';
import { claimFolder } from './claim-folder.ts';
import { openCapturesPeers } from './captures-peers.ts';
import type { Hub } from './open-hub.ts';

const CHATWOOT_PATH = '/sandbox/chatwoot';
const GATEWAY_PATH = '/sandbox/gateway';
const CHATWOOT_ACCOUNT = 1;

const fileSchema = z.object({ accountId: z.uuid().nullable(), chatwootToken: z.string(), gatewayKey: z.string(), uiKey: z.string() });
type SandboxFile = z.infer<typeof fileSchema>;

export interface MountedSandbox {
  mount(app: Express): void;
  keys(): SandboxKeys | null;
  /** Once the Hub listens: the account, its number and its inbox, made over HTTP like any other. */
  ready(url: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The pretend gateway and Chatwoot on the Hub's own port. Their state and keys live in the data folder and survive a restart.
 * Null when another process on this folder has them.
 */
export async function openSandbox(hub: Hub): Promise<MountedSandbox | null> {
  const folder = join(hub.settings.dataDir, 'sandbox');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const claim = await claimFolder(folder);
  if (!claim) return null;
  const file = await readOrMake(join(folder, 'keys.json'));
  let baseUrl = hub.settings.publicUrl;
  let account: SandboxAccount | null = null;
  const ownOrigin = (): string[] => [new URL(baseUrl).origin, new URL(hub.settings.publicUrl).origin];
  const chatwoot = createSandboxChatwoot({
    baseUrl: () => `${baseUrl}${CHATWOOT_PATH}`,
    accounts: [{ id: CHATWOOT_ACCOUNT, name: 'Loja Exemplo', token: file.chatwootToken, agentName: 'Bia' }],
    uiKey: file.uiKey,
    stateFile: join(folder, 'chatwoot.jsonl'),
    floodLimitPerMinute: 200,
    webhookOrigins: ownOrigin,
  });
  const gateway = createSandboxGateway({
    adminKey: file.gatewayKey,
    uiKey: file.uiKey,
    stateFile: join(folder, 'gateway.jsonl'),
    webhookOrigins: ownOrigin,
  });
  const captures = openCapturesPeers(hub, {
    folder,
    key: file.gatewayKey,
    uiKey: file.uiKey,
    baseUrl: () => baseUrl,
    webhookOrigins: ownOrigin,
  });
  return {
    mount(app) {
      app.use(CHATWOOT_PATH, chatwoot.handle);
      app.use(GATEWAY_PATH, gateway.handle);
      captures.mount(app);
    },
    keys: () =>
      account && {
        accountId: account.accountId,
        instanceId: account.instanceId,
        inboxId: account.inboxId,
        chatwootUrl: CHATWOOT_PATH,
        gatewayUrl: GATEWAY_PATH,
        uiKey: file.uiKey,
        gatewayInstanceId: account.gatewayInstanceId,
        chatwootAccountId: CHATWOOT_ACCOUNT,
        chatwootInboxId: account.chatwootInboxId,
      },
    async ready(url) {
      baseUrl = url;
      account = await ensureSandboxAccount(
        { database: hub.database, instances: { ...hub.instances, publicUrl: url }, inboxes: { ...hub.inboxes, publicUrl: url } },
        {
          gatewayUrl: `${url}${GATEWAY_PATH}`,
          gatewayKey: file.gatewayKey,
          chatwootUrl: `${url}${CHATWOOT_PATH}`,
          chatwootToken: file.chatwootToken,
          chatwootAccountId: CHATWOOT_ACCOUNT,
          scan: async (id) => {
            const path = `${url}${GATEWAY_PATH}/ui/instances/${id}/scan`;
            await hub.instances.peers.http.request({
              method: 'POST',
              url: path,
              headers: { 'x-sandbox-ui': file.uiKey },
              body: { json: {} },
            });
          },
        },
        file.accountId,
      );
      if (account.accountId !== file.accountId) await write(join(folder, 'keys.json'), { ...file, accountId: account.accountId });
      await captures.ready(url, account.accountId);
    },
    async close() {
      await Promise.all([chatwoot.close(), gateway.close(), captures.close()]);
      await claim.release();
    },
  };
}

async function readOrMake(path: string): Promise<SandboxFile> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    const key = (): string => randomBytes(24).toString('base64url');
    const made: SandboxFile = { accountId: null, chatwootToken: key(), gatewayKey: key(), uiKey: key() };
    await write(path, made);
    return made;
  }
}

const write = (path: string, content: SandboxFile): Promise<void> => writeFile(path, JSON.stringify(content), { mode: 0o600 });
