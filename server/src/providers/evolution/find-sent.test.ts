import { afterAll, beforeAll, expect, test } from 'vitest';
import { succeeded } from '#platform/outcome';
import { clientRef, toAddress, type MediaKind, type OutboundMessage } from '#provider-kit';
import { openOnWire, startGateway, type GatewayDouble } from '../kit/conformance/index.ts';
import { messageIdFor } from './ids.ts';
import { evolution } from './index.ts';
import { inside, numberOf } from './payload.ts';

const SINCE = new Date('2026-03-01T12:00:00Z');
const to = toAddress('5531988887777');
if (!to) throw new Error('no address');
const text: OutboundMessage = { to, ref: clientRef('m-1'), text: 'bom dia' };

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const stored = (id: string, message: object, more: object = {}, secondsLater = 10): object => ({
  key: { id, fromMe: true, remoteJid: '5531988887777@s.whatsapp.net', ...more },
  message,
  messageTimestamp: SINCE.getTime() / 1000 + secondsLater,
});

function search(records: readonly object[], message = text, total = records.length) {
  gateway.answer(({ json }) => {
    const page = numberOf(inside(json)['page']) ?? 1;
    return { json: { messages: { total, pages: 1, currentPage: page, records: records.slice((page - 1) * 50, page * 50) } } };
  });
  return openOnWire(evolution, gateway.baseUrl).session.findSent?.(message, SINCE);
}

test('our own id settles it, whatever the record says besides', async () => {
  const id = messageIdFor(text.ref);
  expect(await search([stored(id, {}, { remoteJid: '1@lid' })])).toEqual({ ok: true, value: { found: 'yes', id } });
});

test('the same words to the same account count, also under its other spelling', async () => {
  expect(await search([stored('3EB01', { conversation: 'bom dia' })])).toMatchObject({ value: { found: 'yes', id: '3EB01' } });
  expect(
    await search([stored('3EB02', { extendedTextMessage: { text: 'bom dia' } }, { remoteJid: '553188887777@s.whatsapp.net' })]),
  ).toMatchObject({ value: { found: 'yes', id: '3EB02' } });
});

test('other words, another account, or what others wrote do not count', async () => {
  const others = [
    stored('3EB01', { conversation: 'boa tarde' }),
    stored('3EB02', { conversation: 'bom dia' }, { remoteJid: '5531977776666@s.whatsapp.net' }),
    stored('3EB03', { conversation: 'bom dia' }, { fromMe: false }),
  ];
  expect(await search(others)).toEqual({ ok: true, value: { found: 'no' } });
});

test('what was sent before does not count', async () => {
  expect(await search([stored('3EB01', { conversation: 'bom dia' }, {}, -60)])).toEqual({ ok: true, value: { found: 'no' } });
});

test('the same words to a LID may have been for the same person: it cannot tell', async () => {
  expect(await search([stored('3EB01', { conversation: 'bom dia' }, { remoteJid: '123@lid' })])).toEqual({
    ok: true,
    value: { found: 'cannot-tell' },
  });
  expect(
    await search([stored('3EB01', { conversation: 'bom dia' }, { remoteJid: '123@lid', remoteJidAlt: '5531988887777@s.whatsapp.net' })]),
  ).toMatchObject({ value: { found: 'yes' } });
});

test('a server that stores nothing cannot tell', async () => {
  expect(await search([])).toEqual({ ok: true, value: { found: 'cannot-tell' } });
});

test('it looks through a few pages and then says that it cannot tell', async () => {
  const many = Array.from({ length: 400 }, (_, index) => stored(`3EB0${index}`, { conversation: 'outra' }));
  expect(await search(many)).toEqual({ ok: true, value: { found: 'cannot-tell' } });
  expect(await search([...many.slice(0, 60), stored('3EB0X', { conversation: 'bom dia' })])).toMatchObject({
    value: { found: 'yes', id: '3EB0X' },
  });
});

test.each<[MediaKind, string, object, string]>([
  ['image', 'legenda', { imageMessage: { caption: 'legenda' } }, 'yes'],
  ['image', 'legenda', { imageMessage: { caption: 'outra' } }, 'no'],
  ['document', '', { documentMessage: { fileName: 'a.txt' } }, 'yes'],
  ['document', '', { documentMessage: { fileName: 'b.txt' } }, 'no'],
  ['document', 'c', { documentWithCaptionMessage: { message: { documentMessage: { fileName: 'a.txt', caption: 'c' } } } }, 'yes'],
  ['voice', 'unseen', { audioMessage: { ptt: true } }, 'yes'],
  ['audio', '', { audioMessage: { ptt: true } }, 'no'],
  ['sticker', '', { stickerMessage: {} }, 'yes'],
])('a %s with the caption "%s" is compared by what WhatsApp keeps of it (case %#)', async (kind, caption, message, found) => {
  const open = () => Promise.resolve(succeeded((async function* () {})()));
  const media = { media: kind, mimeType: 'text/plain', fileName: 'a.txt', sizeBytes: 5, open };
  expect(await search([stored('3EB01', message)], { ...text, text: caption, media })).toMatchObject({ ok: true, value: { found } });
});
