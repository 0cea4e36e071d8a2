import express, { type Express } from 'express';
import { observeAnswers, type OnAnswered } from './answered.ts';
import { errorHandler, notFound, type OnEdgeError } from './error-handler.ts';
import { requestChecks } from './request-checks.ts';
import { requestFactsOf } from './request-facts.ts';
import { apiHeaders } from './security-headers.ts';

interface AppOptions {
  /** How many proxies stand in front, or their address ranges. `true` does not exist: it believes anyone (SECURITY.md M13). */
  readonly trustProxy: number | readonly string[];
  /** Names the Hub answers under, without port. Addresses and `localhost` always work. `any` is for what no browser should reach. */
  readonly hostNames: readonly string[] | 'any';
  readonly onError: OnEdgeError;
  readonly onAnswered?: OnAnswered;
  /** Adds the routes. What none of them answers is a 404 problem. */
  readonly mount: (app: Express) => void;
}

export function createApp({ trustProxy, hostNames, onError, onAnswered, mount }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', typeof trustProxy === 'number' ? trustProxy : [...trustProxy]);
  app.set('query parser', 'simple');
  if (onAnswered !== undefined) app.use(observeAnswers(onAnswered));
  app.use((request, response, next) => {
    response.setHeader('X-Request-Id', requestFactsOf(request).requestId);
    next();
  });
  app.use(apiHeaders);
  app.use(requestChecks(hostNames));
  mount(app);
  app.use(notFound);
  app.use(errorHandler(onError));
  return app;
}
