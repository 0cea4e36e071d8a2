import { expect, test } from 'vitest';
import { failed, succeeded } from '#platform/outcome';
import { clientRef, toAddress, type OutboundMessage } from '#provider-kit';
import { decodedBase64, encodedBase64 } from './base64-stream.ts';
import { capabilities } from './capabilities.ts';
import { refusal } from './failures.ts';
import { toEvolution } from './to-evolution.ts';

const to = toAddress('5511988887777');
if (!to) throw new Error('no address');

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(size, 7);
  for (let index = 0; index < count; index++) yield piece;
}
const fileOf = (content: AsyncIterable<Uint8Array>): OutboundMessage => ({
  to,
  ref: clientRef('m-1'),
  text: 'c',
  media: {
    media: 'document',
    mimeType: 'application/pdf',
    fileName: 'a".pdf',
    sizeBytes: null,
    open: () => Promise.resolve(succeeded(content)),
  },
});

async function bodyOf(message: OutboundMessage) {
  const send = await toEvolution(message, { withMessageId: true });
  if (!send.ok || !('stream' in send.value.body)) throw new Error('no stream');
  return { ...send.value, stream: send.value.body.stream };
}

test('base64 of chunks of any size is the base64 of the whole', async () => {
  for (const size of [1, 2, 3, 4, 5, 7]) {
    let text = '';
    for await (const part of encodedBase64(pieces(11, size))) text += part;
    expect(text).toBe(Buffer.alloc(11 * size, 7).toString('base64'));
  }
});

test('a large file never stands in memory as a whole', async () => {
  const { stream, complete } = await bodyOf(fileOf(pieces(100, 64 * 1024)));
  let longest = 0;
  let total = 0;
  for await (const chunk of stream) {
    longest = Math.max(longest, chunk.length);
    total += chunk.length;
  }
  expect(longest).toBeLessThan(100_000);
  expect(total).toBeGreaterThan(100 * 64 * 1024 * 1.3);
  expect(complete()).toBe(true);
});

test('a file of unknown size is cut off at what the server reads, and counts as too large', async () => {
  const { stream, complete, broken } = await bodyOf(fileOf(pieces(capabilities.limits.maxMediaBytes / 2 ** 20 + 1, 2 ** 20)));
  await expect(
    (async () => {
      for await (const _ of stream);
    })(),
  ).rejects.toThrow('longer than the gateway reads');
  expect([complete(), broken()?.kind, broken()?.certainty]).toEqual([false, 'too-large', 'not-sent']);
});

test('a file that cannot be opened is its own failure', async () => {
  const failure = refusal('not-found', 'gone');
  const message = fileOf(pieces(0, 0));
  const media = { ...message.media, open: () => Promise.resolve(failed(failure)) } as NonNullable<OutboundMessage['media']>;
  expect(await toEvolution({ ...message, media }, { withMessageId: false })).toEqual({ ok: false, failure });
});

async function* texts(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
const decoded = async (...parts: readonly string[]): Promise<readonly [unknown, string] | null> => {
  const answer = await decodedBase64(texts(...parts));
  if (!answer) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.content) chunks.push(chunk);
  return [answer.head, Buffer.concat(chunks).toString()];
};

test('an answer is decoded wherever its chunks break', async () => {
  const whole = JSON.stringify({ fileName: 'ção.txt', base64: Buffer.from('hello world, this is text').toString('base64'), buffer: null });
  for (let cut = 1; cut < whole.length; cut += 1) {
    expect(await decoded(Buffer.from(whole).toString().slice(0, cut), whole.slice(cut))).toEqual([
      { fileName: 'ção.txt' },
      'hello world, this is text',
    ]);
  }
});

test('what is no such answer is null, whatever its length', async () => {
  expect(await decoded('{"mimetype":"a"}')).toBeNull();
  expect(await decoded(...Array.from({ length: 10 }, () => 'x'.repeat(100_000)))).toBeNull();
  expect(await decoded('nonsense,"base64":"aGk="}')).toEqual([{}, 'hi']);
});
