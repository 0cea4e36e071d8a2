import type { DeliveryFailure, FailureKind } from '#platform/outcome';
import { fieldsOf, inside, numberOf, oneLine, textOf, type Fields } from './payload.ts';

type Rule = Pick<DeliveryFailure, 'kind' | 'retry' | 'certainty' | 'scope'>;

const rule = (kind: FailureKind, retry: Rule['retry'], certainty: Rule['certainty'], scope: Rule['scope']): Rule => ({
  kind,
  retry,
  certainty,
  scope,
});

/** URLs carry path tokens, long runs of key characters with a digit are keys or media: neither belongs in a failure's text. */
export function scrub(text: string): string {
  const withoutAddresses = text.replace(/\b[a-z]+:\/\/\S+/gi, '[address]');
  return oneLine(
    withoutAddresses.replace(/[A-Za-z0-9+/=_-]{16,}/g, (run) => (/\d/.test(run) || run.length > 40 ? '[…]' : run)),
    300,
  );
}

/** Evolution's `message` is a text, a list, or a list in a list; its entries are texts or objects. */
function messagesOf(body: unknown): readonly unknown[] {
  const response = inside(body, 'response');
  const found = response['message'] ?? inside(body)['message'] ?? inside(body)['error'];
  return [found].flat(4).filter((entry) => entry !== undefined && entry !== null);
}

const wordsOf = (body: unknown): string =>
  messagesOf(body)
    .map((entry) => (typeof entry === 'string' ? entry : (textOf(inside(entry)['message']) ?? JSON.stringify(entry))))
    .join('; ');

/**
 * What the words of a run-time error mean. Evolution answers 400 (or 200 with `error: true`) for most of them;
 * only words that prove that nothing left count as `not-sent`.
 */
const BY_WORDS: readonly (readonly [RegExp, Rule])[] = [
  [/instance does not exist/i, rule('not-found', 'never', 'not-sent', 'peer')],
  [
    /connection closed|connection terminated|is not connected|not logged in|needs to be connected/i,
    rule('not-connected', 'later', 'not-sent', 'peer'),
  ],
  [/not available on|not yet implemented|not implemented/i, rule('unsupported', 'never', 'not-sent', 'message')],
  [/message not found/i, rule('not-found', 'never', 'not-sent', 'message')],
  [
    /requires property|does not (match|conform|meet)|is not (one of enum|of a type)|owned media must|is required|already in use|^invalid /i,
    rule('rejected', 'never', 'not-sent', 'message'),
  ],
  [/rate-overlimit|too many requests/i, rule('throttled', 'later', 'not-sent', 'peer')],
  [/timed? ?out/i, rule('timeout', 'later', 'unknown', 'message')],
];

const BY_STATUS: Readonly<Record<number, Rule>> = {
  401: rule('credentials', 'later', 'not-sent', 'peer'),
  403: rule('credentials', 'later', 'not-sent', 'peer'),
  // Not Evolution's own 404 (its words decide that one): a proxy in front that has lost its backend.
  404: rule('unavailable', 'later', 'not-sent', 'peer'),
  405: rule('rejected', 'never', 'not-sent', 'message'),
  408: rule('timeout', 'later', 'unknown', 'peer'),
  413: rule('too-large', 'never', 'not-sent', 'message'),
  415: rule('rejected', 'never', 'not-sent', 'message'),
  422: rule('rejected', 'never', 'not-sent', 'message'),
  429: rule('throttled', 'later', 'not-sent', 'peer'),
  // One message can make Evolution throw (TypeError): it must use up its own attempts and not stop the instance.
  500: rule('unavailable', 'later', 'unknown', 'message'),
};

/** The body of an answer that is not a success. `status` 200 is used for `{"error": true}`. */
export function failureOfAnswer(status: number, body: unknown, retryAfterMs?: number): DeliveryFailure {
  const words = wordsOf(body);
  const detail = scrub(`Evolution answered ${status}${words === '' ? '' : `: ${words}`}`);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (inside(body)['code'] === 'LICENSE_REQUIRED') return licenceFailure();
  if (messagesOf(body).some((entry) => fieldsOf(entry)?.['exists'] === false)) {
    return { ...rule('not-on-whatsapp', 'never', 'not-sent', 'message'), detail: 'The number is not on WhatsApp.' };
  }
  const found = BY_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? BY_STATUS[status] ?? byClass(status);
  return { ...found, ...wait, detail };
}

function byClass(status: number): Rule {
  if (status >= 500) return rule('unavailable', 'later', 'unknown', 'peer');
  if (status >= 300 && status < 400) return rule('invalid-answer', 'later', 'not-sent', 'peer');
  // 400 with words we do not know, or an error in a 200: Evolution also fails this way after the message has left.
  return rule('rejected', 'later', 'unknown', 'message');
}

function licenceFailure(): DeliveryFailure {
  return {
    ...rule('unavailable', 'later', 'not-sent', 'peer'),
    detail: 'Evolution answered LICENSE_REQUIRED: this server is not activated.',
    vendorText: 'This Evolution API server is not activated (LICENSE_REQUIRED). Activate it with its vendor.',
  };
}

const GRAPH_THROTTLED: readonly number[] = [4, 80007, 130429, 131048, 131056];
const GRAPH_CREDENTIALS: readonly number[] = [10, 190, 200];

/** The official channel answers 201 with Meta's error object instead of a message. */
export function graphFailure(body: Fields): DeliveryFailure {
  const code = numberOf(body['code']) ?? 0;
  const data = inside(body, 'error_data');
  const text = textOf(data['details'], body['message']) ?? 'no reason given';
  const found = GRAPH_THROTTLED.includes(code)
    ? rule('throttled', 'later', 'not-sent', 'peer')
    : GRAPH_CREDENTIALS.includes(code)
      ? rule('credentials', 'later', 'not-sent', 'peer')
      : rule('rejected', 'never', 'not-sent', 'message');
  return { ...found, detail: scrub(`Meta refused with ${code}: ${text}`), vendorText: scrub(text) };
}

export function isGraphError(body: Fields): boolean {
  return textOf(body['message']) !== undefined && (numberOf(body['code']) !== undefined || fieldsOf(body['error_data']) !== null);
}

export function invalidAnswer(what: string): DeliveryFailure {
  return { ...rule('invalid-answer', 'later', 'unknown', 'message'), detail: scrub(`Evolution: ${what}`) };
}

/** A failure that we find out ourselves, before anything is sent. */
export function refusal(kind: FailureKind, detail: string): DeliveryFailure {
  return { ...rule(kind, 'never', 'not-sent', 'message'), detail };
}

export const hasWords = (failure: DeliveryFailure, pattern: RegExp): boolean => pattern.test(failure.detail);
