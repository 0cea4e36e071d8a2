import { defineErrors } from './errors.ts';

/** Refusals that have nothing to do with what was asked for, only with how. */
export const requestErrors = defineErrors('request', {
  invalid: { kind: 'invalid', message: 'The request is not valid. Nothing was changed; see the issues.' },
  malformed: { kind: 'invalid', message: 'The request could not be read. Nothing was changed.' },
  'method-not-allowed': { kind: 'invalid', message: 'This method is not answered here.' },
  'unsupported-media-type': { kind: 'invalid', message: 'The body must be sent as application/json.' },
  'csrf-header-missing': { kind: 'forbidden', message: 'A request that changes something must carry the header X-WPH-CSRF: 1.' },
  'cross-site': { kind: 'forbidden', message: 'This request may only come from the pages of the Hub.' },
  'too-large': { kind: 'invalid', message: 'The body is too large. Nothing was changed.' },
  'unknown-host': { kind: 'invalid', message: 'The Hub does not answer under this host name. Its operator sets it in HUB_PUBLIC_URL.' },
  'http-version': { kind: 'invalid', message: 'HTTP/1.1 is needed. A proxy in front must speak it to the Hub.' },
  'not-found': { kind: 'not_found', message: 'There is nothing at this address.' },
  'too-many': { kind: 'limit_reached', message: 'Too many requests. Try again in a moment.' },
  'idempotency-key-malformed': {
    kind: 'invalid',
    message: 'An Idempotency-Key is 1 to 255 visible ASCII characters. Nothing was changed.',
  },
  'idempotency-key-reused': {
    kind: 'invalid',
    status: 422,
    message: 'This Idempotency-Key was sent before with another request. Nothing was changed; make a new key for a new request.',
  },
  'idempotency-in-progress': {
    kind: 'conflict',
    message: 'A request with this Idempotency-Key is being answered right now. Try again in a moment with the same key.',
  },
  'idempotency-outcome-unknown': {
    kind: 'conflict',
    message:
      'A request with this Idempotency-Key ended without its answer being kept: it may or may not have been done. Look at what is there; to do it again, send a new key.',
  },
  'origin-unknown': { kind: 'forbidden', message: 'No account of the Hub lists the origin of this page.' },
  busy: { kind: 'unavailable', message: 'The Hub cannot answer right now. Nothing was changed; try again in a moment.' },
  internal: { kind: 'unavailable', message: 'Something went wrong in the Hub. Give the request id to its operator.' },
});
