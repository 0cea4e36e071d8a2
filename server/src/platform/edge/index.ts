/**
 * The HTTP edge: the server's limits, security headers, request ids, body parsing, cross-site gates and the one shape of errors.
 * Not its job: which addresses exist.
 */
export type { Answered, OnAnswered } from './answered.ts';
export { createApp } from './create-app.ts';
export { createOriginBook, CROSS_ORIGIN_PATHS, crossOrigin, type OriginBook } from './cross-origin.ts';
export type { OnEdgeError } from './error-handler.ts';
export { type Guard, trpcGate } from './gates.ts';
export { createHttpServer } from './http-server.ts';
export { hasBody, isJson, jsonBody } from './json-body.ts';
export { mountRoutes, type PlainRoute } from './plain-route.ts';
export { type Problem, PROBLEM_MEDIA_TYPE } from './problem.ts';
export { requestFactsOf } from './request-facts.ts';
export { appHeaders, styleNonceOf } from './security-headers.ts';
