/**
 * REST out of procedures: routes, inputs read from address, query and body, the OpenAPI document and the pages that show it.
 * Not its job: what a procedure does, or how errors look.
 */
export { type OpenApiDocument, renderOpenApi } from './openapi.ts';
export { docsRoutes, panelRoutes } from './pages.ts';
export type { OnceTools } from './answer-once.ts';
export { removeExpiredAnswersJob } from './remove-expired-answers.job.ts';
export { createRemoveExpiredAnswersHandler } from './remove-expired-answers.worker.ts';
export { createRestRouter } from './rest-router.ts';
