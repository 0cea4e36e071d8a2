import { failureOf } from '#platform/http';
import { failed, succeeded, type DeliveryFailure } from '#platform/outcome';
import type { ChatwootConnection } from './call-chatwoot.ts';
import type { ChatwootClient } from './chatwoot-client.ts';
import { classifyRefusal } from './classify-answer.ts';

/** WhatsApp's own ceiling for a document. */
const MOST_BYTES = 100 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MS = 120_000;
const MOST_REDIRECTS = 3;

/** Signed links need no token, and a storage host must never see one. */
export function attachmentCalls({ http, clock }: ChatwootConnection): Pick<ChatwootClient, 'fetchAttachment'> {
  return {
    async fetchAttachment(url) {
      const answer = await http.stream({
        method: 'GET',
        url,
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
        maxBytes: MOST_BYTES,
        maxRedirects: MOST_REDIRECTS,
      });
      if (!answer.ok) return failed({ ...failureOf(answer), certainty: 'not-sent', scope: 'message' });
      const { status, headers, body } = answer;
      if (status !== 200) {
        await abandon(body);
        return failed(notServed(classifyRefusal({ status, headers, said: 'attachment' }, 'repeatable', clock.now()), status));
      }
      const sizeBytes = /^\d{1,15}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : null;
      if (sizeBytes !== null && sizeBytes > MOST_BYTES) {
        await abandon(body);
        return failed(tooLarge());
      }
      return succeeded({ mimeType: mimeTypeOf(headers['content-type']), sizeBytes, content: body });
    },
  };
}

/** The link may lead to another host than Chatwoot's, so nothing here speaks for Chatwoot as a whole. The webhook can be quicker than the upload to storage, which answers 404, or 403 where listing is not allowed. */
function notServed(failure: DeliveryFailure, status: number): DeliveryFailure {
  if (status === 404) return { ...failure, retry: 'later' };
  if (status === 403) return { ...failure, kind: 'not-found', retry: 'later' };
  if (status === 401) return { ...failure, kind: 'rejected', retry: 'never', scope: 'message' };
  return { ...failure, scope: 'message' };
}

function tooLarge(): DeliveryFailure {
  return { kind: 'too-large', retry: 'never', certainty: 'not-sent', scope: 'message', detail: 'The file is larger than 100 MiB' };
}

function mimeTypeOf(header: string | undefined): string {
  const type = (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(type) ? type : 'application/octet-stream';
}

async function abandon(body: AsyncIterable<Uint8Array>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}
