import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type TestHub } from '../support/start-hub.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let hub: TestHub;
let accountId: string;
let key: { 'x-api-key': string };
beforeAll(async () => {
  hub = await startHub();
  accountId = (await hub.api<{ id: string }>('POST', '/accounts', { name: 'Loja' })).id;
  await hub.api('POST', `/accounts/${accountId}/support-visits`, { reason: 'rotating the keys of the shop' });
  const made = await hub.api<{ key: string }>('POST', `/accounts/${accountId}/api-keys`, { name: 'robot', scopes: ['account:read'] });
  key = { 'x-api-key': made.key };
});
afterAll(() => hub.stop());

/** The command, as `tooling/rotate-keys.mjs` runs it. `killAt`: SIGKILL as soon as it has written this. */
function rotate(args: readonly string[], killAt?: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [join(root, 'server', 'dist', 'maintenance.js'), ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', HUB_DATA_DIR: hub.dataDir },
  });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    if (killAt !== undefined && output.includes(killAt)) child.kill('SIGKILL');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })));
}
const byKey = async () => (await fetch(`${hub.url}/api/v1/accounts/${accountId}`, { headers: key })).status;
const bySession = async (token: string) =>
  (await fetch(`${hub.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status;
async function signIn(): Promise<string> {
  const { operator } = await import('../support/fault-hub.ts');
  const answer = await fetch(`${hub.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operator),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}
const lines = async () => (await readFile(join(hub.dataDir, 'keys.txt'), 'utf8')).trim().split('\n').length;

test('SE-04: the key of stored secrets is rotated under a running Hub, also when the command is killed and run again', async () => {
  const killed = await rotate(['--secrets'], 'sealed again');
  expect([killed.code, await lines()]).toEqual([null, 2]);
  expect([await byKey(), await bySession(await signIn())]).toEqual([200, 200]);
  const finished = await rotate(['--secrets']);
  expect([finished.code, await lines()]).toEqual([0, 2]);
  expect(finished.output).toContain('The rotation that was begun is finished');
  expect([await byKey(), await bySession(await signIn())]).toEqual([200, 200]);
});

test('IAM-03: a rotation of signing keys refuses nobody; an emergency refuses every earlier token within five seconds', async () => {
  const token = await signIn();
  expect((await rotate(['--signing'])).code).toBe(0);
  const published = (await (await fetch(`${hub.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
  expect([published.keys.length, await bySession(token)]).toEqual([2, 200]);
  expect((await rotate(['--signing', '--emergency'])).code).toBe(0);
  await expect.poll(() => bySession(token), { timeout: 5_000, interval: 50 }).toBe(401);
  expect([await bySession(await signIn()), await byKey()]).toEqual([200, 200]);
});

test('says how it is used and changes nothing when asked for something else', async () => {
  const before = await lines();
  for (const args of [[], ['--secrets', '--signing'], ['--secrets', '--emergency']]) {
    const { code, output } = await rotate(args);
    expect([code, output.includes('--signing --emergency')]).toEqual([2, true]);
  }
  expect(await lines()).toBe(before);
});
