import { failed, succeeded, type Attempt } from '#platform/outcome';
import {
  gatewayMessageId,
  type ConnectionReport,
  type InstanceAddress,
  type OutboundMessage,
  type ProviderTools,
  type Sent,
  type ServerAddress,
  type SessionOf,
} from '#provider-kit';
import { evolutionApi, type EvolutionApi } from './api.ts';
import type { capabilities } from './capabilities.ts';
import { graphFailure, hasWords, invalidAnswer, isGraphError } from './failures.ts';
import { fetchMedia } from './fetch-media.ts';
import { findSent } from './find-sent.ts';
import { instancePath } from './ids.ts';
import { connect, logOut, reportOf } from './pairing.ts';
import { fieldsOf, inside, listOf, textOf } from './payload.ts';
import { toEvolution, type SendOptions } from './to-evolution.ts';
import { withWebhook } from './webhook-target.ts';

const TEXT_TIMEOUT_MS = 30_000;
/** Upload to the gateway, its upload to WhatsApp, and ffmpeg for voice notes. */
const MEDIA_TIMEOUT_MS = 120_000;

export function openSession(
  tools: ProviderTools,
  server: Pick<ServerAddress, 'baseUrl'>,
  instance: InstanceAddress,
): SessionOf<typeof capabilities> {
  const api = evolutionApi(tools, server.baseUrl, instance.token);
  const { externalId } = instance;
  let withMessageId = true;

  return {
    async send(message) {
      const first = await sendOnce(api, externalId, message, { withMessageId });
      if (first.ok || !withMessageId || first.failure.kind !== 'rejected' || !hasWords(first.failure, /messageId/i)) return first;
      withMessageId = false;
      return sendOnce(api, externalId, message, { withMessageId });
    },
    findSent: (message, since) => findSent(api, externalId, message, since),
    fetchMedia: (source) => fetchMedia(tools, api, externalId, source),
    connect: (input) => connect(api, externalId, input),
    report: () => report(api, externalId),
    logOut: () => logOut(api, externalId),
    remove: () => remove(api, externalId),
    async restart() {
      const answer = await api.call({ method: 'POST', path: instancePath('instance/restart', externalId), timeoutMs: 30_000 });
      return answer.ok ? succeeded(undefined) : answer;
    },
    async setWebhook(target) {
      const answer = await withWebhook(target, (webhook) =>
        api.call({ method: 'POST', path: instancePath('webhook/set', externalId), body: { json: { webhook } } }),
      );
      return answer.ok ? succeeded(undefined) : answer;
    },
  };
}

async function sendOnce(api: EvolutionApi, externalId: string, message: OutboundMessage, options: SendOptions): Promise<Attempt<Sent>> {
  const send = await toEvolution(message, options);
  if (!send.ok) return send;
  const { path, body, complete, broken } = send.value;
  const answer = await api.call({
    method: 'POST',
    path: instancePath(path, externalId),
    body,
    timeoutMs: message.media ? MEDIA_TIMEOUT_MS : TEXT_TIMEOUT_MS,
  });
  const lost = broken();
  if (lost) return failed(lost);
  // A body that broke off is no JSON: whatever arrived of it, nothing was sent.
  if (!answer.ok) return complete() ? answer : failed({ ...answer.failure, certainty: 'not-sent' });
  const sent = fieldsOf(answer.value) ?? {};
  const id = textOf(inside(sent, 'key')['id']);
  if (id !== undefined) return succeeded({ id: gatewayMessageId(id) });
  return failed(isGraphError(sent) ? graphFailure(sent) : invalidAnswer('a send was answered without a message'));
}

/** The live state, and what the server remembers about the account: a server that only gives the first is enough. */
async function report(api: EvolutionApi, externalId: string): Promise<Attempt<ConnectionReport>> {
  const live = await api.call({ method: 'GET', path: instancePath('instance/connectionState', externalId) });
  if (!live.ok) {
    if (live.failure.kind !== 'not-found') return live;
    return succeeded({ state: 'removed', action: 'contact-support', reason: 'The server has no such instance.' });
  }
  const state = inside(live.value, 'instance')['state'];
  const rows = await api.call({
    method: 'GET',
    path: `/instance/fetchInstances?instanceName=${encodeURIComponent(externalId.toWellFormed())}`,
  });
  const row = rows.ok ? inside(listOf(rows.value).find((entry) => inside(entry)['name'] === externalId)) : {};
  return succeeded(reportOf({ state, code: row['disconnectionReasonCode'], owner: row['ownerJid'], profileName: row['profileName'] }));
}

/** Some versions refuse to delete an instance that is connected. */
async function remove(api: EvolutionApi, externalId: string): Promise<Attempt<void>> {
  const erase = async (): Promise<Attempt<unknown>> =>
    api.call({ method: 'DELETE', path: instancePath('instance/delete', externalId), timeoutMs: 30_000 });
  let answer = await erase();
  if (!answer.ok && hasWords(answer.failure, /needs to be disconnected/i)) {
    const closed = await logOut(api, externalId);
    if (!closed.ok) return closed;
    answer = await erase();
  }
  return answer.ok || answer.failure.kind === 'not-found' ? succeeded(undefined) : answer;
}
