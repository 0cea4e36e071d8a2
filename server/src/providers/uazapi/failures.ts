import type { DeliveryFailure } from '#platform/outcome';
import type { Refusal } from '#provider-kit';
import { at, firstText, instantOf, lineOf } from '#provider-kit';

type Verdict = Pick<DeliveryFailure, 'kind' | 'retry' | 'certainty' | 'scope'>;

const PEER = { retry: 'later', certainty: 'not-sent', scope: 'peer' } as const;
const MESSAGE = { retry: 'never', certainty: 'not-sent', scope: 'message' } as const;

/** A message that has to wait longer than this for WhatsApp's lock is better told to the agent at once. */
const LONGEST_PARK_MS = 24 * 60 * 60 * 1000;

/**
 * The same text comes with different statuses (`No session` as 401 and as 500), so texts are asked first.
 * Order matters: the first that fits decides.
 */
const BY_TEXT: readonly (readonly [RegExp, Verdict])[] = [
  [/\bno (active )?session\b|not connected|client not found|session (is )?(closed|disconnected)/i, { kind: 'not-connected', ...PEER }],
  [/instance (info )?not found|instância não encontrada/i, { kind: 'not-found', ...PEER }],
  [
    /not (registered )?on whatsapp|not (a )?whatsapp (user|number)|is ?n[o']t on whatsapp|no lid found/i,
    { kind: 'not-on-whatsapp', ...MESSAGE },
  ],
  [/size exceeds|file (is )?too large/i, { kind: 'too-large', ...MESSAGE }],
  [/unsupported media|invalid media type|no media found/i, { kind: 'unsupported', ...MESSAGE }],
  [/message not found|no quoted message/i, { kind: 'not-found', ...MESSAGE }],
  [/rate limit/i, { kind: 'throttled', ...PEER }],
  // The file goes up before the message is made: nothing was sent.
  [/failed to upload media/i, { kind: 'unavailable', retry: 'later', certainty: 'not-sent', scope: 'message' }],
];

/** What an answer outside 200–299 means. `now` turns the end of a WhatsApp lock into a waiting time. */
export function uazapiFailure(refused: Refusal, now: Date): DeliveryFailure {
  const error = lineOf(firstText(at(refused.json, 'error'), at(refused.json, 'message'), at(refused.json, 'response')), 400) ?? '';
  if (at(refused.json, 'error_source') === 'whatsapp_server') return whatsappRefusal(refused, error, now);
  return {
    ...verdictOf(refused, error),
    detail: `uazapi ${refused.status}: ${error}`,
    ...(refused.retryAfterMs === null ? {} : { retryAfterMs: refused.retryAfterMs }),
  };
}

function verdictOf({ status, json }: Refusal, error: string): Verdict {
  const byText = BY_TEXT.find(([text]) => text.test(error))?.[1];
  if (byText !== undefined) return byText;
  if (status === 401 || status === 403) return { kind: 'credentials', ...PEER };
  // Without a JSON error the address is not this API at all.
  if (status === 404) return json === null ? { kind: 'not-found', ...PEER } : { kind: 'not-found', ...MESSAGE };
  if (status === 413) return { kind: 'too-large', ...MESSAGE };
  if (status === 415) return { kind: 'unsupported', ...MESSAGE };
  if (status === 429) return { kind: 'throttled', ...PEER };
  if (status === 408 || status === 425) return { kind: 'timeout', retry: 'later', certainty: 'unknown', scope: 'message' };
  if (status >= 400 && status < 500) return { kind: 'rejected', ...MESSAGE };
  if (status < 400) return { kind: 'invalid-answer', ...PEER };
  // 500 is this message's own trouble and uses up an attempt; 502 to 504 mean that the server is away.
  return { kind: 'unavailable', retry: 'later', certainty: 'unknown', scope: status === 500 ? 'message' : 'peer' };
}

/**
 * WhatsApp itself refused (error 463 and others). With a lock that ends soon the message waits for its end;
 * it concerns new chats only, so other contacts' messages go on.
 */
function whatsappRefusal({ status, json }: Refusal, error: string, now: Date): DeliveryFailure {
  const until = instantOf(at(json, 'details', 'reachout_timelock', 'until'));
  const wait = until === null || at(json, 'details', 'reachout_timelock', 'active') === false ? 0 : until.getTime() - now.getTime();
  const vendorText = lineOf(
    firstText(at(json, 'provider_message_ptbr'), at(json, 'message_ptbr'), at(json, 'provider_message'), at(json, 'message')),
    500,
  );
  return {
    kind: 'rejected',
    retry: wait > 0 && wait <= LONGEST_PARK_MS ? 'later' : 'never',
    certainty: 'not-sent',
    scope: 'message',
    ...(wait > 0 ? { retryAfterMs: wait } : {}),
    detail: `WhatsApp refused (${lineOf(at(json, 'error_key'), 60) ?? status}): ${error}`,
    ...(vendorText === null ? {} : { vendorText }),
  };
}
