import { failed, succeeded, type Attempt } from '#platform/outcome';
import { gatewayMessageId, isLid, toAddress, type MediaKind, type OutboundMessage, type SentSearch } from '#provider-kit';
import type { EvolutionApi } from './api.ts';
import { sameAddress } from './addresses.ts';
import { invalidAnswer } from './failures.ts';
import { instancePath, messageIdFor } from './ids.ts';
import { dateOf, fieldsOf, inside, listOf, numberOf, textOf } from './payload.ts';

const PAGE_SIZE = 50;
const MAX_PAGES = 4;
/** Evolution stamps whole seconds by its own clock. */
const CLOCK_LEEWAY_MS = 5_000;

type Verdict = 'ours' | 'perhaps' | 'other';

/**
 * Looks through what the instance sent, newest first. The id that we derive from the reference settles it at once;
 * otherwise address, kind and text must agree. The search is not narrowed to the chat's address: the server may have
 * stored the message under the account's other spelling or under its LID.
 */
export async function findSent(api: EvolutionApi, externalId: string, message: OutboundMessage, since: Date): Promise<Attempt<SentSearch>> {
  const oldest = since.getTime() - CLOCK_LEEWAY_MS;
  let unclear = false;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await api.call({
      method: 'POST',
      path: instancePath('chat/findMessages', externalId),
      body: { json: { where: { key: { fromMe: true } }, page, offset: PAGE_SIZE } },
      timeoutMs: 20_000,
    });
    if (!answer.ok) return answer;
    const found = inside(answer.value, 'messages');
    const total = numberOf(found['total']);
    if (total === undefined) return failed({ ...invalidAnswer('findMessages without messages'), certainty: 'not-sent' });
    // A server that does not store messages (DATABASE_SAVE_DATA_NEW_MESSAGE=false) finds nothing, ever.
    if (total === 0) return succeeded({ found: 'cannot-tell' });
    for (const record of listOf(found['records'])) {
      const id = textOf(inside(record, 'key')['id']);
      if (id === messageIdFor(message.ref)) return succeeded({ found: 'yes', id: gatewayMessageId(id) });
      const at = dateOf(fieldsOf(record)?.['messageTimestamp']);
      if (at !== undefined && at.getTime() < oldest) return succeeded({ found: unclear ? 'cannot-tell' : 'no' });
      const verdict = judge(record, message);
      if (verdict === 'ours' && id !== undefined) return succeeded({ found: 'yes', id: gatewayMessageId(id) });
      unclear ||= verdict === 'perhaps';
    }
    if (page * PAGE_SIZE >= total) return succeeded({ found: unclear ? 'cannot-tell' : 'no' });
  }
  return succeeded({ found: 'cannot-tell' });
}

function judge(record: unknown, message: OutboundMessage): Verdict {
  const key = inside(record, 'key');
  if (key['fromMe'] !== true || !sameContent(inside(record, 'message'), message)) return 'other';
  const addresses = [key['remoteJid'], key['remoteJidAlt']].map(toAddress).filter((address) => address !== null);
  if (addresses.some((address) => sameAddress(address, message.to))) return 'ours';
  // The same words to a LID while we wrote to a phone, or the other way round: it may be the same person.
  return addresses.some((address) => isLid(address) !== isLid(message.to)) ? 'perhaps' : 'other';
}

const FIELD_OF: Readonly<Record<MediaKind, string>> = {
  image: 'imageMessage',
  video: 'videoMessage',
  audio: 'audioMessage',
  voice: 'audioMessage',
  document: 'documentMessage',
  sticker: 'stickerMessage',
};

function sameContent(stored: Readonly<Record<string, unknown>>, message: OutboundMessage): boolean {
  if (!message.media) {
    return sameText(textOf(stored['conversation'], inside(stored, 'extendedTextMessage')['text']), message.text);
  }
  const field = FIELD_OF[message.media.media];
  const media = fieldsOf(stored[field]) ?? fieldsOf(inside(stored, 'documentWithCaptionMessage', 'message')[field]);
  if (!media) return false;
  if (field === 'stickerMessage') return true;
  if (field === 'audioMessage') return (media['ptt'] === true) === (message.media.media === 'voice');
  if (!sameText(textOf(media['caption']), message.text)) return false;
  return field !== 'documentMessage' || textOf(media['fileName'], media['title']) === message.media.fileName;
}

const sameText = (one: string | undefined, other: string): boolean => normal(one ?? '') === normal(other);
const normal = (text: string): string => text.replace(/\r\n?/g, '\n').trim();
