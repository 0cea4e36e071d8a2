import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleFiles } from '../../server/src/sandbox/index.ts';
import { fileAt, openDesk } from '../support/chatwoot-desk.ts';
import type { Desk, DeskConversation, DeskMessage } from '../support/chatwoot-desk.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/start-hub.ts';
import type { TestHub } from '../support/start-hub.ts';
import { captureResults } from './capture-results.ts';
import type { CaptureRow } from './capture-results.ts';

const folder = fileURLToPath(new URL('../captures/', import.meta.url));
/** Stands in both bodies; see `CaptureRow.put`. */
const RECEIPT_IDS = { uazapi: 'AC00000000000000000000000000FEED', evolution: '3EB02ED8E5FE71D97ECD3B' };

let database: TestDatabase;
let hub: TestHub;
let desk: Desk;
let account: string;
let uiKey: string;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHub({ database });
  const keys = JSON.parse(await readFile(join(hub.dataDir, 'sandbox', 'keys.json'), 'utf8')) as { accountId: string; uiKey: string };
  uiKey = keys.uiKey;
  desk = openDesk(`${hub.url}/sandbox/chatwoot`, uiKey);
  account = `/accounts/${keys.accountId}`;
});

afterAll(async () => {
  await hub?.stop();
  await database?.drop();
});

interface Picture {
  readonly conversations: ReadonlyMap<number, DeskConversation>;
  readonly messages: ReadonlyMap<number, DeskMessage>;
  readonly state: string;
}

describe.each(['uazapi', 'evolution'] as const)('captured webhooks of %s, posted to the running Hub,', (provider) => {
  const rows = captureResults[provider];

  test('are all in the table', async () => {
    const files = (await readdir(join(folder, provider))).map((name) => name.replace(/\.json$/, ''));
    expect(rows.map(({ capture }) => capture).toSorted()).toEqual(files.toSorted());
  });

  test('each end as the right message, receipt or state, or as a visible notice, and none is dropped in silence', async () => {
    const hook = (await readFile(join(hub.dataDir, 'sandbox', `${provider}-hook.url`), 'utf8')).trim();
    const seen: CaptureRow[] = [];
    let sent: { readonly gatewayId: string; readonly message: DeskMessage } | null = null;
    for (const expected of rows) {
      let body = await readFile(join(folder, provider, `${expected.capture}.json`), 'utf8');
      if (expected.put) {
        sent ??= await agentWrites(provider);
        expect(body).toContain(RECEIPT_IDS[provider]);
        body = body.replaceAll(RECEIPT_IDS[provider], sent.gatewayId);
      }
      const before = await picture(provider);
      const kept = await keptEvents(provider);
      const answer = await fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(answer.status, expected.capture).toBe(200);
      await settled();
      const after = await keptEvents(provider);
      expect(after.count, `${expected.capture} is kept`).toBe(kept.count + 1);
      seen.push({ ...expected, result: await difference(before, await picture(provider)), raw: after.newest as CaptureRow['raw'] });
    }
    print(provider, seen);
    for (const [index, expected] of rows.entries()) expect.soft(seen[index], expected.capture).toEqual(expected);
  });
});

/** Everything that a person could see, before and after a delivery. */
async function picture(provider: string): Promise<Picture> {
  const conversations = await desk.conversations();
  const messages = (await Promise.all(conversations.map(({ id }) => desk.messages(id)))).flat();
  const { items } = await hub.api<{ items: { provider: string; state: string; reason: string | null; phone: string | null }[] }>(
    'GET',
    `${account}/instances`,
  );
  const instance = items.find((item) => item.provider === provider);
  return {
    conversations: new Map(conversations.map((conversation) => [conversation.id, conversation])),
    messages: new Map(messages.map((message) => [message.id, message])),
    state: [instance?.state, instance?.phone, instance?.reason].filter(Boolean).join(', '),
  };
}

async function difference(before: Picture, after: Picture): Promise<string> {
  const lines: string[] = [];
  for (const message of [...after.messages.values()].toSorted((a, b) => a.id - b.id)) {
    const known = before.messages.get(message.id);
    if (known && known.status !== message.status) lines.push(`tick: ${known.status} → ${message.status}`);
    if (!known) lines.push(await inWords(message, before, after));
  }
  if (before.state !== after.state) lines.push(`number: ${after.state}`);
  return lines.join(' ; ') || 'nothing to show';
}

async function inWords(message: DeskMessage, before: Picture, { conversations, messages }: Picture): Promise<string> {
  const { sender } = conversations.get(message.conversation_id)?.meta ?? {};
  const isNew = !before.conversations.has(message.conversation_id);
  const files = await Promise.all((message.attachments ?? []).map(fileInWords));
  const quoted = messages.get(Number(message.content_attributes.in_reply_to));
  return [
    `${isNew ? 'new conversation: ' : ''}${sender?.name} ${message.message_type === 0 ? '←' : '→'}`,
    ...(message.content ? [JSON.stringify(message.content)] : []),
    ...files,
    ...(quoted ? [`(answers ${JSON.stringify(quoted.content)})`] : []),
  ].join(' ');
}

async function fileInWords({ file_type, data_url, file_size }: NonNullable<DeskMessage['attachments']>[number]): Promise<string> {
  const bytes = await fileAt(data_url);
  const sample = Object.entries(sampleFiles).find(([, file]) => file.bytes.equals(bytes));
  const name = decodeURIComponent(new URL(data_url).pathname.split('/').at(-1) ?? '');
  return `[${file_type} ${name}, ${bytes.length === file_size && sample ? `the ${sample[0]} of ${file_size} bytes` : 'other bytes'}]`;
}

/** The gateway's own echo and ticks stay away, so that the captured ones are the first. */
async function agentWrites(provider: 'uazapi' | 'evolution'): Promise<{ readonly gatewayId: string; readonly message: DeskMessage }> {
  const answer = await fetch(`${hub.url}/sandbox/${provider}/ui/faults`, {
    method: 'PUT',
    headers: { 'x-sandbox-ui': uiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ webhooks: { lost: 1, repeated: 0, delayMs: 0 } }),
  });
  expect(answer.status).toBe(200);
  const inboxId = (await hub.api<{ items: { chatwootInboxId: number; name: string }[] }>('GET', `${account}/inboxes`)).items.find(
    ({ name }) => name.includes(provider),
  )?.chatwootInboxId;
  const conversation = (await desk.conversations()).find(({ inbox_id, meta }) => inbox_id === inboxId && meta.sender.phone_number);
  const message = await desk.write(conversation?.id ?? 0, { text: 'Posso ajudar?' });
  const gatewayId = await eventually(async () => {
    const { items } = await hub.api<{ items: { chatwootMessageId: number; gatewayId: string | null }[] }>(
      'GET',
      `${account}/messages?direction=outbound`,
    );
    const id = items.find(({ chatwootMessageId }) => chatwootMessageId === message.id)?.gatewayId;
    expect(id).toEqual(expect.any(String));
    return id ?? '';
  });
  await settled();
  return { gatewayId, message };
}

async function keptEvents(provider: string): Promise<{ readonly count: number; readonly newest: string }> {
  const kept = await database.asSuperuser(
    `SELECT r.outcome FROM app.raw_event r JOIN app.webhook_endpoint e ON e.account_id = r.account_id AND e.id = r.endpoint_id WHERE e.source = '${provider}' ORDER BY r.id`,
  );
  return { count: kept.length, newest: String(kept.at(-1)?.outcome) };
}

/** Nothing is pending and no tick waits. */
const settled = (): Promise<void> =>
  eventually(async () => {
    const [row] = await database.asSuperuser('SELECT count(*)::int AS waiting FROM app.lane WHERE due_at IS NOT NULL');
    expect(row?.waiting).toBe(0);
  });

function print(provider: string, rows: readonly CaptureRow[]): void {
  const width = Math.max(...rows.map(({ capture }) => capture.length));
  const lines = rows.map(
    ({ capture, raw, result, put, why }) =>
      `${capture.padEnd(width)}  ${raw.padEnd(12)}  ${result}${why ? `: ${why}` : ''}${put ? ' (the id of a message the agent just sent put in)' : ''}`,
  );
  console.log([`\n${provider}: ${rows.length} captures`, ...lines].join('\n'));
}
