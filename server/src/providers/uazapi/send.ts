import type { Attempt } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { OutboundMessage, Sent, SentSearch } from '#provider-kit';
import { at, firstText, invalidAnswer, jsonWithFile, lineOf, listOf, refusedHere, textOf } from '#provider-kit';
import { capabilities } from './capabilities.ts';
import type { Call } from './gateway.ts';
import { messageIdOf, refOf, TRACK_SOURCE } from './ids.ts';
import { mediaBody, textBody } from './to-uazapi.ts';

const TEXT_TIMEOUT_MS = 30_000;
const MEDIA_TIMEOUT_MS = 120_000;

export async function send(call: Call, message: OutboundMessage): Promise<Attempt<Sent>> {
  if (message.text.length > capabilities.limits.maxTextLength)
    return failed(refusedHere('too-large', 'the text is longer than the gateway takes'));
  return message.media === undefined ? sendText(call, message) : sendMedia(call, message, message.media);
}

async function sendText(call: Call, message: OutboundMessage): Promise<Attempt<Sent>> {
  if (message.text.trim() === '') return failed(refusedHere('rejected', 'a message without text or file'));
  const answer = await call({ method: 'POST', path: '/send/text', body: { json: textBody(message) }, timeoutMs: TEXT_TIMEOUT_MS });
  return answer.ok ? sentOf(answer.value) : answer;
}

async function sendMedia(call: Call, message: OutboundMessage, media: NonNullable<OutboundMessage['media']>): Promise<Attempt<Sent>> {
  if ((media.sizeBytes ?? 0) > capabilities.limits.maxMediaBytes)
    return failed(refusedHere('too-large', 'the file is larger than the gateway takes'));
  const content = await media.open();
  if (!content.ok) return content;
  const body = jsonWithFile((file) => mediaBody(message, media, file), content.value);
  const answer = await call({ method: 'POST', path: '/send/media', body, timeoutMs: MEDIA_TIMEOUT_MS });
  if (answer.ok) return sentOf(answer.value);
  const broken = body.broken();
  if (broken === null) return answer;
  return failed({
    kind: 'unreachable',
    retry: 'later',
    certainty: 'not-sent',
    scope: 'message',
    detail: `the file broke off: ${lineOf(broken.message) ?? ''}`,
  });
}

/** 200 with `error` and no id is seen as well: without an id nothing proves what happened. */
function sentOf(answer: unknown): Attempt<Sent> {
  const id = messageIdOf(at(answer, 'messageid')) ?? messageIdOf(at(answer, 'id'));
  if (id !== null) return succeeded({ id });
  return failed(
    invalidAnswer(`no message id in the answer: ${lineOf(firstText(at(answer, 'error'), at(answer, 'response', 'message'))) ?? ''}`),
  );
}

/** References are not unique at the gateway, and a queued send that failed keeps its row: only a row that was not given up counts. */
export async function findSent(call: Call, message: OutboundMessage): Promise<Attempt<SentSearch>> {
  const answer = await call({
    method: 'POST',
    path: '/message/find',
    body: { json: { track_id: message.ref, track_source: TRACK_SOURCE, limit: 20 } },
  });
  if (!answer.ok) return answer;
  if (!Array.isArray(at(answer.value, 'messages'))) return succeeded({ found: 'cannot-tell' });
  for (const row of listOf(at(answer.value, 'messages'))) {
    const id = messageIdOf(at(row, 'messageid')) ?? messageIdOf(at(row, 'id'));
    const ours = refOf(at(row, 'track_source'), at(row, 'track_id')) === message.ref;
    if (id !== null && ours && !/^(failed|canceled)$/i.test(textOf(at(row, 'status')) ?? '')) return succeeded({ found: 'yes', id });
  }
  return succeeded({ found: 'no' });
}
