import type { Express, RequestHandler } from 'express';
import type { z } from 'zod';
import { type Guard, guardHandler } from './gates.ts';

/** An address that no procedure stands behind. */
export interface PlainRoute {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** From the root, in Express's form. */
  readonly path: string;
  readonly guard: Guard;
  readonly handler: RequestHandler;
  /** How it is shown in the API's document; not shown when absent. */
  readonly shown?: {
    readonly summary: string;
    readonly tag: string;
    readonly status: number;
    /** Needs a credential in a header. */
    readonly inAccount?: true;
    /** What is read from the query. */
    readonly query?: z.ZodType;
    /** The media type of the answer, where it is not JSON. */
    readonly file?: string;
    readonly input?: z.ZodType;
    readonly output?: z.ZodType;
  };
}

/** `origins` are the Hub's own, for the guards. */
export function mountRoutes(app: Express, routes: readonly PlainRoute[], origins: readonly string[]): void {
  for (const { method, path, guard, handler } of routes) app[method](path, guardHandler(guard, origins), handler);
}
