import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTwoAccounts } from '../support/security-hub.ts';
import type { TwoAccounts } from '../support/security-hub.ts';
import { neighbourOf } from '../support/security-inputs.ts';
import { runMatrix } from '../support/security-matrix.ts';
import { checksums, PRINCIPALS } from '../support/security-world.ts';

let two: TwoAccounts;
beforeAll(async () => {
  two = await openTwoAccounts();
});
afterAll(async () => two?.close());

describe('one account and another (TI-05, TI-06)', () => {
  test('both have a row in every table, so that there is something to find', async () => {
    for (const tenant of [two.a, two.b]) {
      const sums = await checksums(two.database, tenant.accountId);
      expect(Object.keys(sums).filter((table) => sums[table]?.startsWith('0 '))).toEqual([]);
    }
  });

  test('nobody of one reaches anything of the other, by any id of any procedure, and is told the same as for what does not exist', async () => {
    const result = await runMatrix(two);
    const { procedures, covered, nameless, leaves, calls, seconds, statuses } = result;
    process.stdout.write(
      `matrix: ${procedures} procedures (${covered} with ids, ${nameless.length} without), ${leaves} leaves, ${PRINCIPALS.length} principals, ${calls} calls in ${seconds.toFixed(1)} s; statuses ${JSON.stringify(statuses)}\n`,
    );
    expect(result.faults).toEqual([]);
    expect(covered + nameless.length).toBe(procedures);
    expect(nameless).toEqual(['access.changePassword', 'access.me', 'access.sessions', 'accounts.create', 'sandbox.keys']);
    expect(seconds).toBeLessThan(120);
  });

  test('the routes that are no procedures keep them apart too: the export, the check of a token', async () => {
    const { a, b, client } = two;
    let calls = 0;
    for (const principal of PRINCIPALS) {
      const as = a.principals[principal];
      const ask = async (path: string, headers = {}) => {
        calls += 1;
        const { status, text } = await client.send('GET', path, { as, headers });
        expect(text.toLowerCase()).not.toContain(b.mark.toLowerCase());
        return { status, text: text.replace(/req_[\w-]{16}/g, '') };
      };
      const csv = (accountId: string, query = '') => ask(`/api/v1/accounts/${accountId}/audit.csv${query}`);
      expect(await csv(b.accountId)).toEqual(await csv(neighbourOf(b.accountId)));
      expect((await csv(b.accountId)).status).toBe(404);
      await csv(a.accountId);
      for (const [name, of] of [
        ['actorId', 'user'],
        ['subjectId', 'instance'],
      ] as const)
        expect(await csv(a.accountId, `?${name}=${b.ids[of]}`)).toEqual(await csv(a.accountId, `?${name}=${neighbourOf(b.ids[of] ?? '')}`));
      const valid = (token: string) => ask('/api/v1/instance-tokens/validate', { 'x-instance-token': token });
      expect(await valid(b.secrets.instanceToken ?? '')).toEqual(await valid(`${b.secrets.instanceToken}x`));
    }
    process.stdout.write(`matrix of plain routes: ${calls} calls\n`);
  });

  test('a stream of one shows nothing of the other, whatever it says it saw last', async () => {
    const { a, b, hub } = two;
    const ending = new AbortController();
    const read = async (lastEventId?: string): Promise<string> => {
      const input = encodeURIComponent(JSON.stringify({ json: { accountId: a.accountId, ...(lastEventId ? { lastEventId } : {}) } }));
      const answer = await fetch(`${hub.url}/trpc/messages.watch?input=${input}`, { headers: a.principals.admin, signal: ending.signal });
      expect(answer.status).toBe(200);
      let seen = '';
      try {
        for await (const chunk of answer.body ?? []) seen += Buffer.from(chunk as Uint8Array).toString();
      } catch (error) {
        if (!ending.signal.aborted) throw error;
      }
      return seen;
    };
    const streams = [read(), read(b.ids.message), read(neighbourOf(b.ids.message ?? ''))];
    const count = async (accountId: string): Promise<number> =>
      Number(
        (
          await two.database.asSuperuser(`SELECT count(*) AS n FROM app.message WHERE account_id = '${accountId}' AND state = 'delivered'`)
        )[0]?.n,
      );
    const write = async (tenant: typeof a, index: number): Promise<void> =>
      tenant.peers.write(tenant.instanceName, {
        id: `3EB0${String(index).padStart(18, '0')}`,
        phone: '5511977776666',
        name: tenant.mark,
        text: `stream ${index} ${tenant.mark}`,
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (let index = 0; index < 20; index += 1) await write(b, index);
    for (let index = 0; index < 3; index += 1) await write(a, index);
    for (let tries = 0; tries < 400 && ((await count(b.accountId)) < 20 || (await count(a.accountId)) < 3); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
    await new Promise((resolve) => setTimeout(resolve, 50));
    ending.abort();
    for (const seen of await Promise.all(streams)) {
      expect(seen).toContain(a.mark);
      expect(seen.toLowerCase()).not.toContain(b.mark.toLowerCase());
      expect(seen).not.toContain(b.accountId);
    }
  });
});
