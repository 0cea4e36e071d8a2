import type { Secret } from '#platform/crypto';
import { failureOf, parseJson, retryAfterMs, type HttpAnswer, type HttpBody, type HttpRequest } from '#platform/http';
import { failed, succeeded, type Attempt, type DeliveryFailure } from '#platform/outcome';
import type { ProviderTools } from '#provider-kit';
import { failureOfAnswer, invalidAnswer, scrub } from './failures.ts';
import { fieldsOf } from './payload.ts';

interface EvolutionCall {
  readonly method: HttpRequest['method'];
  /** From the slash on, names already encoded. */
  readonly path: string;
  readonly body?: HttpBody;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

export interface EvolutionApi {
  /** The parsed JSON of a 2xx answer without `error: true`; everything else is a failure. */
  call(call: EvolutionCall): Promise<Attempt<unknown>>;
  /** The body of a 2xx answer as it comes. */
  open(call: EvolutionCall): Promise<Attempt<AsyncIterable<Uint8Array>>>;
}

/** How much of an error answer is read for its words. */
const ERROR_BYTES = 64 * 1024;

export function evolutionApi(tools: ProviderTools, baseUrl: string, key: Secret): EvolutionApi {
  const request = (call: EvolutionCall): HttpRequest => ({
    method: call.method,
    url: `${baseUrl}${call.path}`,
    headers: { apikey: key, accept: 'application/json' },
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
    ...(call.maxBytes === undefined ? {} : { maxBytes: call.maxBytes }),
  });
  const refused = (status: number, headers: Readonly<Record<string, string>>, body: Buffer): ReturnType<typeof failed> =>
    failed(failureOfAnswer(status, jsonOf(body), retryAfterMs(headers, tools.clock.now())));

  return {
    async call(call) {
      const answer = await tools.http.request(request(call));
      if (!answer.ok) return failed(withoutAnswer(answer));
      if (!isSuccess(answer.status)) return refused(answer.status, answer.headers, answer.body);
      const body = jsonOf(answer.body);
      if (typeof body !== 'object' || body === null) return failed(invalidAnswer(`${answer.status} without a JSON object`));
      if (fieldsOf(body)?.['error'] === true) return failed(failureOfAnswer(200, body));
      return succeeded(body);
    },
    async open(call) {
      const answer = await tools.http.stream(request(call));
      if (!answer.ok) return failed(withoutAnswer(answer));
      if (!isSuccess(answer.status)) return refused(answer.status, answer.headers, await firstBytes(answer.body));
      return succeeded(answer.body);
    },
  };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const jsonOf = (body: Buffer): unknown => {
  const json = parseJson(body);
  return json.ok ? json.value : undefined;
};

function withoutAnswer(answer: Extract<HttpAnswer, { ok: false }>): DeliveryFailure {
  const failure = failureOf(answer);
  return { ...failure, detail: scrub(`Evolution: ${failure.detail}`) };
}

async function firstBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ERROR_BYTES) break;
    }
  } catch {
    // The status alone is answer enough.
  }
  return Buffer.concat(chunks);
}
