import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBlobs } from './blobs.ts';
import { createFaults } from './faults.ts';
import { createJournal } from './journal.ts';
import { parseMultipart } from './multipart.ts';
import { openRecords } from './records.ts';
import { createRouter } from './router.ts';

const scratch = (): string => join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.jsonl');

describe('records in a file', () => {
  it('the last state of each row comes back, removed rows do not', async () => {
    const file = scratch();
    const first = openRecords(file);
    const table = first.table<{ n: number }>('t');
    table.put('a', { n: 1 });
    table.put('b', { n: 2 });
    table.put('a', { n: 3 });
    table.remove('b');
    await first.close();
    expect([...openRecords(file).table('t').rows]).toEqual([['a', { n: 3 }]]);
  });

  it('a line torn by a kill costs that line and no other', async () => {
    const file = scratch();
    const first = openRecords(file);
    first.table<number>('t').put('a', 1);
    await first.close();
    appendFileSync(file, '["t","b",{"half');
    const second = openRecords(file);
    second.table<number>('t').put('c', 3);
    await second.close();
    expect([...openRecords(file).table('t').rows]).toEqual([
      ['a', 1],
      ['c', 3],
    ]);
  });

  it('a file of many changes to few rows is rewritten small, and nothing of it is lost', async () => {
    const file = scratch();
    const records = openRecords(file);
    const table = records.table<number>('t');
    for (let round = 0; round < 5; round += 1) {
      for (let change = 0; change < 3_000; change += 1) table.put(change % 10, round * 10_000 + change);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await records.close();
    expect(readFileSync(file, 'utf8').length).toBeLessThan(150_000);
    const rows = openRecords(file).table<number>('t').rows;
    expect([...rows.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => 42_990 + index));
  });

  it('files beside it are dropped oldest first', async () => {
    const directory = `${scratch()}.files`;
    const blobs = openBlobs(openRecords(undefined), { directory, maxBytes: 10 });
    for (const id of ['a1', 'b2', 'c3'])
      await blobs.put({ id, fileName: id, contentType: 'text/plain', sizeBytes: 5 }, Buffer.from('12345'));
    expect(readdirSync(directory)).toEqual(['b2', 'c3']);
    expect(existsSync(join(directory, 'a1'))).toBe(false);
    expect(await blobs.get('a1')).toBeNull();
    expect((await blobs.get('c3'))?.bytes.toString()).toBe('12345');
  });
});

describe('the journal', () => {
  it('numbers without gaps and keeps a bounded tail', () => {
    const journal = createJournal({ keep: 10 });
    for (let count = 0; count < 35; count += 1) journal.append({ at: 0, kind: 'x' });
    const tail = journal.after(0, 100);
    expect(journal.last).toBe(35);
    expect(tail.length).toBeLessThanOrEqual(20);
    expect(tail.at(-1)?.seq).toBe(35);
    expect(journal.after(33, 1).map(({ seq }) => seq)).toEqual([34]);
    expect(journal.after(35, 1)).toEqual([]);
  });
});

describe('forms', () => {
  const form = async (fill: (data: FormData) => void): Promise<ReturnType<typeof parseMultipart>> => {
    const data = new FormData();
    fill(data);
    const answer = new Response(data);
    return parseMultipart(answer.headers.get('content-type') ?? '', Buffer.from(await answer.arrayBuffer()));
  };

  it('fields and files come apart byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 7) % 256));
    const parsed = await form((data) => {
      data.set('content', 'olá\r\n--boundary');
      data.append('attachments[]', new Blob([bytes], { type: 'image/png' }), '../evil"name.png');
      data.append('attachments[]', new Blob([]), 'empty.bin');
    });
    expect(parsed?.fields.get('content')).toBe('olá\r\n--boundary');
    expect(parsed?.files.map(({ fileName, contentType }) => [fileName, contentType])).toEqual([
      ['evil"name.png', 'image/png'],
      ['empty.bin', 'application/octet-stream'],
    ]);
    expect(parsed?.files[0]?.bytes.equals(bytes)).toBe(true);
  });

  it.each([
    '',
    '--x',
    '--x\r\n',
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nopen',
    '--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--',
  ])('a broken one is none: %j', (body) => {
    expect(parseMultipart('multipart/form-data; boundary=x', Buffer.from(body))).toBeNull();
    expect(parseMultipart('multipart/form-data', Buffer.from(body))).toBeNull();
  });
});

describe('faults', () => {
  it('the first path fault that fits strikes as often as it says', () => {
    const faults = createFaults({ paths: [{ path: '/a', method: 'POST', status: 500, times: 2 }] });
    const status = (method: string, path: string): unknown => {
      const { before } = faults.plan(method, path);
      return typeof before === 'string' ? before : before.status;
    };
    expect([status('GET', '/a'), status('POST', '/a'), status('POST', '/b'), status('POST', '/x/a/1'), status('POST', '/a')]).toEqual([
      'execute',
      500,
      'execute',
      500,
      'execute',
    ]);
  });

  it('shares come out near what was asked', () => {
    const faults = createFaults({ seed: 9, unavailable: 0.2, dropAfter: 0.5 });
    const plans = Array.from({ length: 5_000 }, () => faults.plan('GET', '/'));
    const refused = plans.filter((plan) => plan.before !== 'execute').length;
    const dropped = plans.filter((plan) => plan.dropAfter).length;
    expect(refused / 5_000).toBeCloseTo(0.2, 1);
    expect(dropped / (5_000 - refused)).toBeCloseTo(0.5, 1);
  });
});

describe('routes', () => {
  const handler = () => ({ status: 200, json: null });
  const router = createRouter({ 'GET /a/:x/b': handler, 'POST /a/filter': handler, 'GET /a/:y': handler });

  it('match words before parameters, by method, with decoded parameters', () => {
    expect(router('GET', '/a/55%40s/b')?.params).toEqual({ x: '55@s' });
    expect(router('GET', '/a/%E0%A4%A')?.params).toEqual({ y: '%E0%A4%A' });
    expect(router('POST', '/a/filter')?.params).toEqual({});
    for (const [method, path] of [
      ['GET', '/a'],
      ['GET', '/a/'],
      ['GET', '/a//b'],
      ['DELETE', '/a/1'],
      ['GET', '/a/1/b/c'],
      ['GET', '/'],
    ] as const)
      expect(router(method, path)).toBeNull();
  });
});
