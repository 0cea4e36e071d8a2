import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyRing, keyFileReread, type KeyRing, loadOrCreateKeyFile, Secret } from '#platform/crypto';
import { newId } from '#platform/ids';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { rotateSecrets } from './rotate-secrets.ts';
import { accountColumns, hubColumns, notSealed } from './sealed-columns.ts';

let testDatabase: TestDatabase;
let folder: string;
let keyFile: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 4 });
  folder = await mkdtemp(join(tmpdir(), 'rotate-'));
  keyFile = join(folder, 'keys');
});
afterAll(async () => {
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

const openKeys = async (): Promise<KeyRing> => createKeyRing(await loadOrCreateKeyFile(keyFile), keyFileReread(keyFile));
const rotate = (onBatch: (resealed: number) => Promise<void> | void = () => undefined) =>
  rotateSecrets({ database: testDatabase.database, keyFile, openKeys, onBatch });
const columns = [...hubColumns, ...accountColumns];

interface Stored {
  readonly account: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
  readonly sealed: string;
}
const stored = async (): Promise<Stored[]> => {
  const selects = columns.map(({ table, column }) => {
    const owner = hubColumns.some((hub) => hub.table === table) ? `'hub'` : 'account_id::text';
    return `SELECT ${owner} AS account, '${table}' AS table, '${column}' AS column, id::text AS row, ${column} AS sealed FROM app.${table} WHERE ${column} IS NOT NULL`;
  });
  return (await testDatabase.asSuperuser(selects.join(' UNION ALL '))) as unknown as Stored[];
};
const placeOf = ({ account, table, column, row }: Stored) => ({ accountId: account, table, column, rowId: row });
/** What no longer opens with the current key alone. */
const lost = async (): Promise<string[]> => {
  const { current } = await loadOrCreateKeyFile(keyFile);
  const alone = createKeyRing({ current });
  return (await stored()).flatMap((value) => {
    try {
      return alone.open(placeOf(value), value.sealed).expose() === `secret of ${value.row}` ? [] : [`${value.table} ${value.row} changed`];
    } catch {
      return [`${value.table} ${value.row} does not open`];
    }
  });
};

async function seed(keys: KeyRing): Promise<number> {
  const sealed = (accountId: string, table: string, column: string, rowId: string) =>
    keys.seal({ accountId, table, column, rowId }, new Secret(`secret of ${rowId}`));
  await testDatabase.database.system.run(async (tables) => {
    const user = await tables.hubUser.create({ data: { email: 'a@example.com', name: 'A' } });
    const later = new Date(Date.now() + 1_000_000);
    const sessions = Array.from({ length: 350 }, newId).map((id) => ({
      id,
      userId: user.id,
      idleExpiresAt: later,
      absExpiresAt: later,
      hmacKey: sealed('hub', 'session', 'hmac_key', id),
    }));
    await tables.session.createMany({ data: sessions });
    await tables.signingKey.create({
      data: { id: 'key-1', publicJwk: {}, state: 'current', privateKey: sealed('hub', 'signing_key', 'private_key', 'key-1') },
    });
  });
  for (let at = 0; at < 3; at += 1) {
    const accountId = newId();
    await testDatabase.database.withAccount(accountId, async (open) => {
      await open.account.create({ data: { id: accountId, name: 'Loja', status: at === 2 ? 'suspended' : 'active' } });
      const server = newId();
      await open.providerServer.create({
        data: {
          id: server,
          provider: 'uazapi',
          name: 'S',
          baseUrl: 'https://u.example',
          adminSecret: sealed(accountId, 'provider_server', 'admin_secret', server),
        },
      });
      const link = newId();
      await open.chatwootLink.create({
        data: {
          id: link,
          baseUrl: 'https://c.example',
          chatwootAccountId: 1,
          name: 'C',
          token: sealed(accountId, 'chatwoot_link', 'token', link),
        },
      });
      for (let n = 0; n < 120; n += 1) {
        const [instance, inbox, endpoint] = [newId(), newId(), newId()];
        await open.instance.create({
          data: {
            id: instance,
            providerServerId: server,
            name: `i${n}`,
            externalId: `x${n}`,
            token: sealed(accountId, 'instance', 'token', instance),
          },
        });
        await open.inbox.create({
          data: {
            id: inbox,
            chatwootLinkId: link,
            chatwootInboxId: n,
            name: 'W',
            webhookSecret: n % 2 === 0 ? sealed(accountId, 'inbox', 'webhook_secret', inbox) : null,
          },
        });
        await open.webhookEndpoint.create({
          data: {
            id: endpoint,
            source: 'uazapi',
            instanceId: instance,
            tokenSha256: new Uint8Array(Buffer.from(endpoint.replaceAll('-', '').repeat(2), 'hex')),
            sealedToken: sealed(accountId, 'webhook_endpoint', 'sealed_token', endpoint),
          },
        });
      }
    });
  }
  return (await stored()).length;
}

describe('the list of sealed columns (SE-04)', () => {
  it('knows every column that is named like a secret: as sealed, or as none with its reason', async () => {
    const named = await testDatabase.asSuperuser(`
      SELECT c.table_name || '.' || c.column_name AS name FROM information_schema.columns c
      WHERE c.table_schema = 'app' AND c.column_name ~ 'secret|token|hmac|private|password|credential|api_?key|sealed' ORDER BY 1`);
    const known = [...columns.map(({ table, column }) => `${table}.${column}`), ...Object.keys(notSealed)];
    expect(named.map(({ name }) => name)).toEqual(known.toSorted());
  });
});

describe('rotating the key of stored secrets (SE-04)', () => {
  it('killed at any moment, goes on where it was, opens with the new key alone, and loses nothing', async () => {
    const running = await openKeys();
    const total = await seed(running);
    expect(total).toBeGreaterThan(900);
    const firstId = running.ids()[0];
    let killed = 0;
    await expect(
      rotate((resealed) => {
        killed = resealed;
        if (resealed > 400) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect([killed > 400, killed < total]).toEqual([true, true]);
    expect(await lost()).toHaveLength(total - killed);
    // A process that has run all the time opens both halves.
    for (const value of await stored()) expect(running.open(placeOf(value), value.sealed).expose()).toBe(`secret of ${value.row}`);

    let cut = false;
    const interrupted = rotate(async (resealed) => {
      if (cut || resealed < 100) return;
      cut = true;
      await testDatabase.asSuperuser(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hub_app' AND datname = current_database()`,
      );
    }).then(
      () => 'finished',
      () => 'cut off',
    );
    await interrupted;
    expect(cut).toBe(true);

    const finished = await rotate();
    const lines = (await readFile(keyFile, 'utf8')).trim().split('\n');
    expect([finished.unreadable, await lost()]).toEqual([[], []]);
    expect(lines.at(-1)?.split(' ')[0]).toBe(firstId);
    expect(running.seal(placeOf((await stored())[0]!), new Secret('x')).startsWith(`v1.${lines[0]?.split(' ')[0]}.`)).toBe(true);
  });

  it('names what no key opens, leaves it as it is, and rotates the rest', async () => {
    const [victim] = (await stored()).filter(({ table }) => table === 'instance');
    await testDatabase.asSuperuser(`UPDATE app.instance SET token = 'v1.gone.hkdf1.AAAA.AAAA.AAAA' WHERE id = '${victim?.row}'`);
    const { newKey, unreadable, resealed } = await rotate();
    expect([newKey, unreadable]).toEqual([true, [`instance.token ${victim?.row}`]]);
    expect(resealed).toBe((await stored()).length - 1);
    expect(await lost()).toEqual([`instance ${victim?.row} does not open`]);
  });
});
