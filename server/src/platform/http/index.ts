/**
 * The one way out to addresses that tenants and vendors chose: checked at connect time, bounded in time and size, outcome as a value.
 * Not its job: knowing any vendor, or retrying.
 */
export { failureOf, parseJson, retryAfterMs } from './answers.ts';
export { createHttpClient } from './create-http-client.ts';
export type { HttpClientOptions, OwnedHttpClient } from './create-http-client.ts';
export type { EgressPolicy, Resolve } from './egress-policy.ts';
export type { FormPart, HttpAnswer, HttpBody, HttpClient, HttpRequest, HttpStreamAnswer } from './http-client.ts';
export type { HttpFailure } from './incoming-body.ts';
