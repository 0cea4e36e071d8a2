import { failed, succeeded, type Attempt } from '#platform/outcome';
import type { FetchedMedia, MediaSource, ProviderTools } from '#provider-kit';
import type { EvolutionApi } from './api.ts';
import { decodedBase64 } from './base64-stream.ts';
import { capabilities } from './capabilities.ts';
import { invalidAnswer, refusal } from './failures.ts';
import { instancePath } from './ids.ts';
import { fieldsOf, inside, textOf } from './payload.ts';

const MAX_BYTES = capabilities.limits.maxMediaBytes;
const TIMEOUT_MS = 60_000;
const ANY_TYPE = 'application/octet-stream';

/** The address that the server stored it under, the content itself when it came along, or what the server still has. */
export async function fetchMedia(
  tools: ProviderTools,
  api: EvolutionApi,
  externalId: string,
  source: MediaSource,
): Promise<Attempt<FetchedMedia>> {
  const inline = textOf(source['base64']);
  if (inline !== undefined) {
    return succeeded({ mimeType: typeOf(source), fileName: textOf(source['fileName']) ?? null, content: Buffer.from(inline, 'base64') });
  }
  const url = textOf(source['url']);
  const stored = url === undefined ? null : await fromStore(tools, url, source);
  if (stored) return succeeded(stored);
  if (textOf(inside(source, 'key')['id']) === undefined) return failed(refusal('not-found', 'The media names no message.'));
  return fromServer(api, externalId, source);
}

const typeOf = (source: MediaSource): string => textOf(source['mimeType']) ?? ANY_TYPE;

/** Null when the store does not give it (its addresses expire): the server itself is asked then. */
async function fromStore(tools: ProviderTools, url: string, source: MediaSource): Promise<FetchedMedia | null> {
  const answer = await tools.http.stream({ method: 'GET', url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, maxRedirects: 2 });
  if (!answer.ok) return null;
  if (answer.status !== 200) {
    await answer.body[Symbol.asyncIterator]().return?.();
    return null;
  }
  return {
    mimeType: textOf(source['mimeType'], answer.headers['content-type']) ?? ANY_TYPE,
    fileName: textOf(source['fileName']) ?? null,
    content: answer.body,
  };
}

async function fromServer(api: EvolutionApi, externalId: string, source: MediaSource): Promise<Attempt<FetchedMedia>> {
  const whole = fieldsOf(source['message']) === null ? {} : { messageType: source['messageType'], message: source['message'] };
  const answer = await api.open({
    method: 'POST',
    path: instancePath('chat/getBase64FromMediaMessage', externalId),
    body: { json: { message: { key: source['key'], ...whole }, convertToMp4: false } },
    timeoutMs: TIMEOUT_MS,
    maxBytes: Math.ceil(MAX_BYTES / 3) * 4 + 1024 * 1024,
  });
  if (!answer.ok) return answer;
  const media = await decoded(answer.value);
  if (!media) return failed({ ...invalidAnswer('no content in the answer'), certainty: 'not-sent' });
  const { mimetype, fileName } = inside(media.head);
  return succeeded({
    mimeType: textOf(mimetype, source['mimeType']) ?? ANY_TYPE,
    fileName: textOf(source['fileName'], fileName) ?? null,
    content: media.content,
  });
}

async function decoded(body: AsyncIterable<Uint8Array>): ReturnType<typeof decodedBase64> {
  try {
    return await decodedBase64(body);
  } catch {
    return null;
  }
}
