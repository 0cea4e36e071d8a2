import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleTypeScript } from '../../../../../tooling/bundle-typescript.mjs';
import { explainOutput } from './create-cluster.ts';
import { useEmbeddedPostgres } from './embedded-postgres.ts';
import { findRunningServer, isAlive } from './postmaster-file.ts';

interface Member {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly admin: string;
}

let program: string;
let folder: string;

beforeAll(async () => {
  program = await bundleTypeScript(join(import.meta.dirname, '../../../../../tests/support/embedded-member.ts'));
  folder = await mkdtemp(join(tmpdir(), 'hub-embedded-'));
}, 30_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(program, { force: true });
  await rm(`${program}.map`, { force: true });
});

async function joinServer(dataDir: string): Promise<Member> {
  const child = fork(program, [dataDir], { stdio: 'ignore', execArgv: [] });
  const [said] = (await once(child, 'message')) as [{ word: string; value: { pid: number; admin: string } }];
  if (said.word !== 'joined') throw new Error(JSON.stringify(said));
  return { child, ...said.value };
}

async function leave(member: Member): Promise<void> {
  member.child.send('leave');
  await once(member.child, 'exit');
}

async function kill(member: Member): Promise<void> {
  member.child.kill('SIGKILL');
  await once(member.child, 'exit');
}

async function query(member: Member, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: member.admin });
  await client.connect();
  return client
    .query({ text: sql, rowMode: 'array' })
    .then(({ rows }) => rows.flat())
    .finally(() => client.end());
}

const running = (dataDir: string) => findRunningServer(join(dataDir, 'postgres', 'data'));

describe('several processes on one data folder', () => {
  test('starting at once from nothing, find one server; it stays until the last leaves', async () => {
    const dataDir = join(folder, 'many');
    const members = await Promise.all([1, 2, 3, 4].map(() => joinServer(dataDir)));
    expect(new Set(members.map(({ pid }) => pid)).size).toBe(1);
    const [first, second, third, last] = members as [Member, Member, Member, Member];
    await query(first, 'CREATE TABLE kept AS SELECT 1 AS x');
    await Promise.all([leave(first), leave(second), kill(third)]);
    expect(await query(last, 'SELECT x FROM kept')).toEqual([1]);
    await leave(last);
    expect(await running(dataDir)).toBeUndefined();
    expect((await readdir(join(dataDir, 'postgres'))).toSorted()).toEqual(['data', 'port', 'server.log']);
  }, 60_000);

  test('leaving and coming at the same moment never leaves anybody without a server', async () => {
    const dataDir = join(folder, 'many');
    let present = await joinServer(dataDir);
    for (let turn = 0; turn < 4; turn++) {
      const [, next] = await Promise.all([leave(present), joinServer(dataDir)]);
      expect(await query(next, 'SELECT x FROM kept')).toEqual([1]);
      present = next;
    }
    await leave(present);
    expect(await running(dataDir)).toBeUndefined();
  }, 60_000);
});

describe('after kill -9', () => {
  test('of the Hub, the next start finds the server it left, on the same port', async () => {
    const dataDir = join(folder, 'killed');
    const before = await joinServer(dataDir);
    await kill(before);
    expect(isAlive(before.pid)).toBe(true);
    const after = await joinServer(dataDir);
    expect([after.pid, after.admin]).toEqual([before.pid, before.admin]);
    await leave(after);
    expect(await running(dataDir)).toBeUndefined();
  }, 60_000);

  test("of the Hub and the server, with the process id now another program's, the next start recovers", async () => {
    const dataDir = join(folder, 'killed');
    const before = await joinServer(dataDir);
    await query(before, 'CREATE TABLE kept AS SELECT 7 AS x');
    await kill(before);
    process.kill(before.pid, 'SIGKILL');
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(String(before.pid), String(process.pid)));
    const after = await joinServer(dataDir);
    expect(after.pid).not.toBe(before.pid);
    expect(await query(after, 'SELECT x FROM kept')).toEqual([7]);
    await leave(after);
  }, 60_000);

  test('of the server alone, a process that uses it is told', async () => {
    const dataDir = join(folder, 'killed');
    const member = await joinServer(dataDir);
    const told = once(member.child, 'message');
    process.kill(member.pid, 'SIGKILL');
    expect((await told)[0]).toMatchObject({ word: 'lost' });
    await leave(member);
  }, 60_000);
});

describe('the folder', () => {
  test('keeps its password for itself and its settings right', async () => {
    const dataDir = join(folder, 'many');
    expect((await stat(join(dataDir, 'database.json'))).mode & 0o077).toBe(0);
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o077).toBe(0);
    const member = await joinServer(dataDir);
    const shown = await query(
      member,
      `SELECT current_setting('TimeZone'), current_setting('max_connections'), current_setting('listen_addresses'), current_setting('server_encoding')`,
    );
    expect(shown).toEqual(['UTC', '200', '127.0.0.1', 'UTF8']);
    const wrong = new pg.Client({ connectionString: member.admin.replace(/postgres:[^@]+@/, 'postgres:wrong@') });
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
    await leave(member);
  }, 60_000);

  test('may be inside one only its owner may enter', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
    await leave(await joinServer(join(closed, 'hub')));
  }, 60_000);

  test('with another password file, another version, or a file in its place is refused in words', async () => {
    const problem = (dataDir: string) => useEmbeddedPostgres({ dataDir, durable: false }).catch((error: unknown) => error);
    const dataDir = join(folder, 'many');
    await writeFile(join(dataDir, 'database.json'), JSON.stringify({ superuser: 'x'.repeat(32), roles: 'y'.repeat(32) }));
    expect(await problem(dataDir)).toMatchObject({ kind: 'database-password' });
    const started = await running(dataDir);
    if (started !== undefined) process.kill(started.pid, 'SIGINT');
    for (let turn = 0; turn < 200 && (await running(dataDir)) !== undefined; turn++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '17\n');
    expect(await problem(dataDir)).toMatchObject({ kind: 'database-version', message: expect.stringContaining('PostgreSQL 17') });
    await writeFile(join(folder, 'file'), '');
    expect(await problem(join(folder, 'file'))).toMatchObject({ kind: 'data-dir' });
    await writeFile(join(dataDir, 'database.json'), 'not json');
    expect(await problem(dataDir)).toMatchObject({ kind: 'database-password', message: expect.stringContaining('damaged') });
  }, 60_000);

  test.each([
    ['initdb: error: could not write to file "base/1": No space left on device', 'disk-full'],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port-taken'],
    ['FATAL:  could not open file "x": Permission denied', 'data-dir'],
    ['FATAL:  something new', 'database-unreachable'],
  ])('explains what the server wrote: %s', (output, kind) => {
    expect(explainOutput('/data', output).kind).toBe(kind);
  });
});
