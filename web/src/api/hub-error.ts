import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@whatpro/server/router';

/** No answer at all: the Hub is not running, or the network is gone. */
export const OFFLINE = 'client/offline';

/** A refusal as the Hub told it. `code` is of its catalogues, such as `access/wrong-credentials`. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: string;
  readonly retryAfterSeconds: number | null;

  constructor(code: string, message: string, retryAfterSeconds: number | null = null, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const offline = (cause: unknown): HubError => new HubError(OFFLINE, 'The Hub does not answer.', null, cause);

/** From an `application/problem+json` answer; any other body is told by its status. */
export async function problemOf(response: Response): Promise<HubError> {
  const body: unknown = await response.json().catch(() => null);
  const { code, detail } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const wait = Number(response.headers.get('retry-after'));
  return new HubError(
    typeof code === 'string' ? code : `http/${response.status}`,
    typeof detail === 'string' ? detail : `HTTP ${response.status}`,
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

export function hubErrorOf(error: unknown): HubError {
  if (error instanceof HubError) return error;
  if (error instanceof TRPCClientError) {
    const { data, message, cause } = error as TRPCClientError<AppRouter>;
    if (data) return new HubError(data.appCode, message, data.retryAfterSeconds ?? null, error);
    if (cause instanceof HubError) return cause;
  }
  return offline(error);
}
