import { failureOf } from '#platform/http';
import type { Attempt, DeliveryFailure } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { FetchedMedia, MediaSource, ProviderTools } from '#provider-kit';
import { at, invalidAnswer, lineOf, refusedHere, textOf } from '#provider-kit';
import { capabilities } from './capabilities.ts';
import type { Call } from './gateway.ts';
import { messageIdOf } from './ids.ts';

const TIMEOUT_MS = 120_000;
const { maxMediaBytes } = capabilities.limits;

/** Asks the gateway to fetch and decrypt the file, then reads it from the link it gives (good for two days) or from the answer. */
export async function fetchMedia(tools: ProviderTools, call: Call, source: MediaSource): Promise<Attempt<FetchedMedia>> {
  const id = messageIdOf(at(source, 'id'));
  if (id === null) return failed(refusedHere('unsupported', 'not a source of this provider'));
  const answer = await call({
    method: 'POST',
    path: '/message/download',
    // MP3 would turn voice notes into music files; the original is Ogg with Opus.
    body: { json: { id, return_base64: false, return_link: true, generate_mp3: false } },
    timeoutMs: TIMEOUT_MS,
    // Base64 of the largest file and something around it.
    maxBytes: Math.ceil((maxMediaBytes * 4) / 3) + 65_536,
  });
  if (!answer.ok) return answer;
  const mimeType = lineOf(at(answer.value, 'mimetype'), 120);
  const link = textOf(at(answer.value, 'fileURL'));
  if (link !== null && /^https?:\/\//i.test(link)) return readLink(tools, link, mimeType);
  const base64 = textOf(at(answer.value, 'base64Data'))?.replace(/^data:[^,]*,/, '');
  if (base64 === undefined) return failed({ ...invalidAnswer('neither a link nor a file in the answer'), certainty: 'not-sent' });
  return succeeded({ mimeType: mimeType ?? 'application/octet-stream', fileName: null, content: Buffer.from(base64, 'base64') });
}

/** The link is the vendor's storage: no credential goes there, and what fails there says nothing about the gateway. */
async function readLink(tools: ProviderTools, url: string, mimeType: string | null): Promise<Attempt<FetchedMedia>> {
  const file = await tools.http.stream({ method: 'GET', url, timeoutMs: TIMEOUT_MS, maxBytes: maxMediaBytes, maxRedirects: 3 });
  if (!file.ok) return failed({ ...failureOf(file), ...ABOUT_THE_FILE });
  if (file.status >= 200 && file.status < 300) {
    return succeeded({
      mimeType: mimeType ?? lineOf(file.headers['content-type'], 120) ?? 'application/octet-stream',
      fileName: null,
      content: file.body,
    });
  }
  // Leaving the loop at once gives the connection back.
  for await (const _chunk of file.body) break;
  const gone = file.status === 404 || file.status === 410 || file.status === 403;
  return failed({
    kind: gone ? 'not-found' : 'unavailable',
    retry: gone ? 'never' : 'later',
    ...ABOUT_THE_FILE,
    detail: `the file’s link answered ${file.status}`,
  });
}

const ABOUT_THE_FILE: Pick<DeliveryFailure, 'certainty' | 'scope'> = { certainty: 'not-sent', scope: 'message' };
