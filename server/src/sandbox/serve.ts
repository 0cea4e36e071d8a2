/**
 * Both peers as a process of their own, with open controls and journals, on this machine only.
 * Prints one line of JSON when ready: `{"chatwoot":{"url","token","accountId"},"gateway":{"url","adminKey"},"uiKey"}`.
 *
 * Options: --chatwoot-port --gateway-port (0: any), --chatwoot-token --admin-key --ui-key, --accounts (how many, ids from 1;
 * account n has the token `<token>-<n>`, the first one the token itself), --state-dir, --journal-dir,
 * --flood-limit (0: off), --ordered, --no-receipts, --no-echo, --webhook-concurrency.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSandboxChatwoot } from './chatwoot/create-sandbox-chatwoot.ts';
import { createSandboxGateway } from './gateway/create-sandbox-gateway.ts';
import { listen } from './listen.ts';

const { values } = parseArgs({
  options: {
    'chatwoot-port': { type: 'string', default: '0' },
    'gateway-port': { type: 'string', default: '0' },
    'chatwoot-token': { type: 'string', default: 'sandbox-chatwoot-token' },
    'admin-key': { type: 'string', default: 'sandbox-admin-key' },
    'ui-key': { type: 'string', default: 'sandbox-ui-key' },
    accounts: { type: 'string', default: '1' },
    'state-dir': { type: 'string' },
    'journal-dir': { type: 'string' },
    'flood-limit': { type: 'string', default: '200' },
    'webhook-concurrency': { type: 'string', default: '16' },
    ordered: { type: 'boolean', default: false },
    'no-receipts': { type: 'boolean', default: false },
    'no-echo': { type: 'boolean', default: false },
  },
});

const fileIn = (directory: string | undefined, name: string): string | undefined =>
  directory === undefined ? undefined : join(directory, name);
const token = values['chatwoot-token'];
const uiKey = values['ui-key'];
const both = {
  uiKey,
  controls: true,
  ordered: values.ordered,
  webhookConcurrency: Number(values['webhook-concurrency']),
  journalKeep: 200_000,
};

let chatwootUrl = '';
const chatwoot = createSandboxChatwoot({
  ...both,
  baseUrl: () => chatwootUrl,
  accounts: Array.from({ length: Number(values.accounts) }, (_, index) => ({
    id: index + 1,
    name: `Loja ${index + 1}`,
    token: index === 0 ? token : `${token}-${index + 1}`,
  })),
  stateFile: fileIn(values['state-dir'], 'chatwoot.jsonl'),
  journalFile: fileIn(values['journal-dir'], 'chatwoot-journal.jsonl'),
  floodLimitPerMinute: Number(values['flood-limit']) || null,
});
const gateway = createSandboxGateway({
  ...both,
  adminKey: values['admin-key'],
  stateFile: fileIn(values['state-dir'], 'gateway.jsonl'),
  journalFile: fileIn(values['journal-dir'], 'gateway-journal.jsonl'),
  ...(values['no-receipts'] ? { receipts: null } : {}),
  echoSends: !values['no-echo'],
});

const chatwootServer = await listen(chatwoot.handle, Number(values['chatwoot-port']));
chatwootUrl = chatwootServer.url;
const gatewayServer = await listen(gateway.handle, Number(values['gateway-port']));

async function stop(): Promise<void> {
  await Promise.all([chatwootServer.close(), gatewayServer.close()]);
  await Promise.all([chatwoot.close(), gateway.close()]);
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

const ready = {
  chatwoot: { url: chatwootUrl, token, accountId: 1 },
  gateway: { url: gatewayServer.url, adminKey: values['admin-key'] },
  uiKey,
};
process.stdout.write(`${JSON.stringify(ready)}\n`);
