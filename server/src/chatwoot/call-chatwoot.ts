import type { Clock } from '#platform/clock';
import type { Secret } from '#platform/crypto';
import { parseJson, type HttpBody, type HttpClient, type HttpRequest } from '#platform/http';
import { failed, succeeded, type Attempt } from '#platform/outcome';
import type { z } from 'zod';
import { classifyNetworkFailure, classifyRefusal, unreadableAnswer, type Effect } from './classify-answer.ts';

export interface ChatwootConnection {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** With or without a trailing slash; a path is kept. */
  readonly baseUrl: string;
  readonly chatwootAccountId: number;
  /** An administrator's `api_access_token`. */
  readonly token: Secret;
}

export interface ChatwootCall<Schema extends z.ZodType> {
  readonly method: HttpRequest['method'];
  /** From `/api/v1` on. */
  readonly path: string;
  readonly body?: HttpBody;
  readonly effect: Effect;
  readonly schema: Schema;
  readonly timeoutMs?: number;
}

export type CallChatwoot = <Schema extends z.ZodType>(call: ChatwootCall<Schema>) => Promise<Attempt<z.output<Schema>>>;

const LONGEST_SAID = 300;

export function createCall(connection: ChatwootConnection): CallChatwoot {
  const base = connection.baseUrl.replace(/\/+$/, '');
  // The hyphen spelling reaches Rack as the same variable and survives proxies that drop underscored headers.
  const headers = { 'api-access-token': connection.token, accept: 'application/json' };

  return async (call) => {
    const answer = await connection.http.request({
      method: call.method,
      url: `${base}${call.path}`,
      headers,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
    });
    if (!answer.ok) return failed(classifyNetworkFailure(answer, call.effect));
    if (answer.status < 200 || answer.status > 299) {
      const said = whatItSaid(answer.body, connection.token);
      return failed(classifyRefusal({ status: answer.status, headers: answer.headers, said }, call.effect, connection.clock.now()));
    }
    const json = parseJson(answer.body);
    if (!json.ok) return failed(unreadableAnswer(`${call.method} gave no readable JSON`, call.effect));
    const parsed = call.schema.safeParse(json.value);
    if (parsed.success) return succeeded(parsed.data);
    const where = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return failed(unreadableAnswer(where.join('; '), call.effect));
  };
}

/** Only the fields Chatwoot writes errors in; a proxy's HTML page is not repeated. */
function whatItSaid(body: Buffer, token: Secret): string | null {
  const json = parseJson(body);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { error, message, errors } = json.value as { error?: unknown; message?: unknown; errors?: unknown };
  const listed: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const said = [error, message, ...listed].filter((part): part is string => typeof part === 'string');
  return said
    .join('; ')
    .replaceAll(token.expose() || '\0', '[secret]')
    .slice(0, LONGEST_SAID);
}
