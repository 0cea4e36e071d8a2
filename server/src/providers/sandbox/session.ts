import { failureOf } from '#platform/http';
import type { Attempt, FailureKind } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type {
  FetchedMedia,
  InstanceAddress,
  MediaSource,
  PairingInput,
  PairingStep,
  ProviderTools,
  ServerAddress,
  SessionOf,
} from '#provider-kit';
import { at, invalidAnswer, recordOf, refusedHere, textOf } from '#provider-kit';
import type { capabilities } from './capabilities.ts';
import { capabilities as table } from './capabilities.ts';
import { gatewayCalls, sandboxFailure } from './gateway.ts';
import type { Call } from './gateway.ts';
import { reportOf } from './report.ts';
import { findSent, send } from './send.ts';

const PAIRING_SECONDS = 60;
const POLL_SECONDS = 1;

export function openSession(
  tools: ProviderTools,
  server: Pick<ServerAddress, 'baseUrl'>,
  instance: InstanceAddress,
): SessionOf<typeof capabilities> {
  const call = gatewayCalls(tools, server.baseUrl, instance.token);
  const here = `/instances/${encodeURIComponent(instance.externalId)}`;
  return {
    send: (message) => send(call, `${here}/messages`, message),
    findSent: (message) => findSent(call, `${here}/messages`, message),
    fetchMedia: (source) => fetchMedia(tools, `${server.baseUrl}${here}/media`, instance, source),
    connect: (input) => connect(call, here, input),
    async report() {
      const answer = await readInstance(call({ method: 'GET', path: here }));
      if (answer.ok) return succeeded(reportOf(answer.value));
      return answer.failure.kind === 'not-found' ? succeeded({ state: 'removed', action: 'contact-support' }) : answer;
    },
    restart: () => done(call({ method: 'POST', path: `${here}/restart`, body: { json: {} } })),
    logOut: () => done(call({ method: 'POST', path: `${here}/logout`, body: { json: {} } }), 'not-connected'),
    // The token of an instance that is gone is refused: it went with it.
    remove: () => done(call({ method: 'DELETE', path: here }), 'not-found', 'credentials'),
    setWebhook: ({ url }) => done(call({ method: 'PUT', path: `${here}/webhook`, body: { json: { url } } })),
  };
}

async function done(calling: Promise<Attempt<unknown>>, ...alsoDone: readonly FailureKind[]): Promise<Attempt<void>> {
  const answer = await calling;
  return answer.ok || alsoDone.includes(answer.failure.kind) ? succeeded(undefined) : answer;
}

async function readInstance(calling: Promise<Attempt<unknown>>): Promise<Attempt<unknown>> {
  const answer = await calling;
  if (!answer.ok || 'state' in recordOf(answer.value)) return answer;
  return failed({ ...invalidAnswer('no instance in the answer'), certainty: 'not-sent', scope: 'peer' });
}

async function connect(call: Call, here: string, { phone }: PairingInput): Promise<Attempt<PairingStep>> {
  const answer = await readInstance(
    call({ method: 'POST', path: `${here}/connect`, body: { json: phone === undefined ? {} : { phone } } }),
  );
  if (!answer.ok) return answer;
  const found = reportOf(answer.value);
  if (found.state === 'connected') return succeeded(found.phone === undefined ? { step: 'done' } : { step: 'done', phone: found.phone });
  if (phone !== undefined && found.pairCode !== undefined)
    return succeeded({ step: 'show-code', code: found.pairCode, expiresInSeconds: PAIRING_SECONDS });
  if (phone === undefined && found.qr !== undefined) return succeeded({ step: 'show-qr', qr: found.qr, expiresInSeconds: PAIRING_SECONDS });
  return succeeded({ step: 'wait', pollInSeconds: POLL_SECONDS });
}

async function fetchMedia(
  tools: ProviderTools,
  folder: string,
  instance: InstanceAddress,
  source: MediaSource,
): Promise<Attempt<FetchedMedia>> {
  const mediaId = textOf(at(source, 'mediaId'));
  if (mediaId === null) return failed(refusedHere('unsupported', 'not a source of this provider'));
  const url = `${folder}/${encodeURIComponent(mediaId)}`;
  const file = await tools.http.stream({
    method: 'GET',
    url,
    headers: { 'x-sandbox-key': instance.token },
    maxBytes: table.limits.maxMediaBytes,
  });
  if (!file.ok) return failed(failureOf(file));
  if (file.status === 200)
    return succeeded({ mimeType: file.headers['content-type'] ?? 'application/octet-stream', fileName: null, content: file.body });
  // Leaving the loop at once gives the connection back.
  for await (const _chunk of file.body) break;
  const failure = sandboxFailure({ status: file.status, json: null, retryAfterMs: null });
  return failed(failure.kind === 'not-found' ? { ...failure, retry: 'never', scope: 'message' } : failure);
}
