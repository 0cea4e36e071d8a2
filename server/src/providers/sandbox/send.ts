import type { Attempt } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { OutboundMessage, Sent, SentSearch } from '#provider-kit';
import { at, gatewayMessageId, invalidAnswer, jsonWithFile, lineOf, listOf, refusedHere, textOf } from '#provider-kit';
import { capabilities } from './capabilities.ts';
import type { Call } from './gateway.ts';

const { maxMediaBytes, maxTextLength } = capabilities.limits;

export async function send(call: Call, path: string, message: OutboundMessage): Promise<Attempt<Sent>> {
  const { media, text } = message;
  if (text.length > maxTextLength) return failed(refusedHere('too-large', 'the text is longer than the gateway takes'));
  if (media === undefined) return sentOf(await call({ method: 'POST', path, body: { json: fieldsOf(message) } }));
  if ((media.sizeBytes ?? 0) > maxMediaBytes) return failed(refusedHere('too-large', 'the file is larger than the gateway takes'));
  const content = await media.open();
  if (!content.ok) return content;
  const { mimeType, fileName } = media;
  const body = jsonWithFile(
    (base64) => ({ ...fieldsOf(message), media: { kind: media.media, mimeType, fileName, base64 } }),
    content.value,
  );
  const answer = await call({ method: 'POST', path, body });
  const broken = body.broken();
  if (answer.ok || broken === null) return sentOf(answer);
  return failed({
    kind: 'unreachable',
    retry: 'later',
    certainty: 'not-sent',
    scope: 'message',
    detail: `the file broke off: ${lineOf(broken.message) ?? ''}`,
  });
}

const fieldsOf = ({ to, ref, text, quoted }: OutboundMessage): Record<string, unknown> => ({
  to,
  ref,
  ...(text === '' ? {} : { text }),
  ...(quoted === undefined ? {} : { quotedId: quoted.id }),
});

function sentOf(answer: Attempt<unknown>): Attempt<Sent> {
  if (!answer.ok) return answer;
  const id = textOf(at(answer.value, 'id'));
  return id === null ? failed(invalidAnswer('no message id in the answer')) : succeeded({ id: gatewayMessageId(id) });
}

export async function findSent(call: Call, path: string, message: OutboundMessage): Promise<Attempt<SentSearch>> {
  const answer = await call({ method: 'GET', path: `${path}?ref=${encodeURIComponent(message.ref)}` });
  if (!answer.ok) return answer;
  if (!Array.isArray(answer.value)) return succeeded({ found: 'cannot-tell' });
  const id = textOf(at(listOf(answer.value)[0], 'id'));
  return succeeded(id === null ? { found: 'no' } : { found: 'yes', id: gatewayMessageId(id) });
}
