import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientRef, toAddress } from '#provider-kit';
import type { OutboundMessage } from '#provider-kit';
import { openOnWire, startGateway } from '../kit/conformance/index.ts';
import type { GatewayDouble, WireReply } from '../kit/conformance/index.ts';
import { literal, mediaBody, textBody } from './to-uazapi.ts';
import { uazapi } from './uazapi.provider.ts';

const address = (raw: string) => toAddress(raw) ?? expect.fail(raw);
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  to: address('5511988887777'),
  ref: clientRef('ref-1'),
  text: 'Oi',
  ...over,
});

describe('what is sent', () => {
  test('placeholders of the gateway stay what the agent wrote', () => {
    expect(literal('Olá {{name}}, {{{x}}} { } {a}')).toBe('Olá {\u200d{name}}, {\u200d{\u200d{x}}} { } {a}');
    expect(JSON.stringify(textBody(message({ text: '{{lead_name}}' })))).not.toContain('{{');
  });

  test('phones go as digits, LIDs and groups as they are, with our mark', () => {
    expect(textBody(message())).toEqual({ number: '5511988887777', text: 'Oi', track_id: 'ref-1', track_source: 'whatprohub' });
    expect(textBody(message({ to: address('100000000000001@lid') }))['number']).toBe('100000000000001@lid');
    expect(textBody(message({ to: address('120363@g.us') }))['number']).toBe('120363@g.us');
  });

  test('a file without a type is bytes, and without a text has no caption', () => {
    const media = {
      media: 'document',
      mimeType: '',
      fileName: '{{a}}.bin',
      sizeBytes: null,
      open: () => expect.fail('not opened'),
    } as const;
    expect(mediaBody(message({ text: '' }), media, 'AAAA')).toMatchObject({
      file: 'data:application/octet-stream;base64,AAAA',
      docName: '{\u200d{a}}.bin',
    });
    expect(mediaBody(message({ text: '' }), media, 'AAAA')).not.toHaveProperty('text');
  });

  test('an empty message is refused before it leaves', async () => {
    const outcome = await openOnWire(uazapi, 'http://127.0.0.1:9').session.send(message({ text: '  ' }));
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'rejected', retry: 'never', certainty: 'not-sent' } });
  });
});

describe('files of messages', () => {
  let gateway: GatewayDouble;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const fetchWith = (download: WireReply, file: WireReply = { status: 404 }, source: Record<string, unknown> = { id: '3EB0' }) => {
    gateway.answer(({ path }) => (path === '/message/download' ? download : file));
    return openOnWire(uazapi, gateway.baseUrl).session.fetchMedia(source);
  };
  const link = () => ({ json: { mimetype: 'audio/ogg', fileURL: `${gateway.baseUrl}/files/voz.oga` } });

  test('are read from the link, in their original form, and no credential goes there', async () => {
    const outcome = await fetchWith(link(), { body: 'OggS bytes', headers: { 'content-type': 'audio/ogg' } });
    if (!outcome.ok) return expect.fail(outcome.failure.detail);
    const chunks: Uint8Array[] = [];
    for await (const chunk of outcome.value.content as AsyncIterable<Uint8Array>) chunks.push(chunk);
    expect([outcome.value.mimeType, Buffer.concat(chunks).toString()]).toEqual(['audio/ogg', 'OggS bytes']);
    expect(gateway.journal.at(-1)?.headers).not.toHaveProperty('token');
    expect(gateway.journal.at(-2)?.json).toEqual({ id: '3EB0', return_base64: false, return_link: true, generate_mp3: false });
    return undefined;
  });

  test('are taken from the answer when it holds them', async () => {
    const outcome = await fetchWith({
      json: { mimetype: 'image/png', base64Data: `data:image/png;base64,${Buffer.from('png').toString('base64')}` },
    });
    expect(outcome).toMatchObject({ ok: true, value: { mimeType: 'image/png', fileName: null, content: Buffer.from('png') } });
  });

  test('without a type in the answer have the type of the link', async () => {
    const outcome = await fetchWith(
      { json: { fileURL: `${gateway.baseUrl}/files/x` } },
      { body: 'x', headers: { 'content-type': 'image/webp' } },
    );
    expect(outcome).toMatchObject({ ok: true, value: { mimeType: 'image/webp' } });
    if (outcome.ok) for await (const _chunk of outcome.value.content as AsyncIterable<Uint8Array>) break;
  });

  test.each([
    ['a link that has expired', { status: 404 }, { kind: 'not-found', retry: 'never', scope: 'message' }],
    ['storage that is away', { status: 503 }, { kind: 'unavailable', retry: 'later', scope: 'message' }],
    ['storage that drops the connection', 'drop', { kind: 'unreachable', retry: 'later', scope: 'message' }],
  ] as const)('%s is the message’s matter, not the gateway’s', async (_name, file, failure) => {
    expect(await fetchWith(link(), file)).toMatchObject({ ok: false, failure });
  });

  test.each([
    [
      'a message the gateway forgot',
      { status: 404, json: { error: 'Message not found' } },
      { kind: 'not-found', retry: 'never', scope: 'message' },
    ],
    [
      'a message without a file',
      { status: 400, json: { error: 'Unsupported media type or no media found in message' } },
      { kind: 'unsupported', retry: 'never' },
    ],
    ['an answer without a file', { json: { mimetype: 'image/png' } }, { kind: 'invalid-answer', retry: 'later' }],
    ['a link that is no web address', { json: { fileURL: 'file:///etc/passwd' } }, { kind: 'invalid-answer', retry: 'later' }],
  ] as const)('%s', async (_name, download, failure) => {
    expect(await fetchWith(download)).toMatchObject({ ok: false, failure });
  });

  test('a source of another provider is refused', async () => {
    expect(await fetchWith(link(), undefined, { mediaId: 'x' })).toMatchObject({
      ok: false,
      failure: { kind: 'unsupported', retry: 'never' },
    });
  });
});
