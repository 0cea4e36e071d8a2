import { Secret } from '#platform/crypto';
import type { Attempt } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { InstanceAddress, ProviderServer, ProviderTools, RemoteInstance, ServerAddress, WebhookTarget } from '#provider-kit';
import { at, firstText, invalidAnswer, lineOf, listOf, textOf } from '#provider-kit';
import { reportOf } from './from-uazapi/connection.ts';
import type { Call } from './gateway.ts';
import { gatewayCalls } from './gateway.ts';
import { openSession } from './session.ts';

// About 2 KB for each instance, more with its QR.
const LIST_MAX_BYTES = 32 * 1024 * 1024;

export function openServer(tools: ProviderTools, server: ServerAddress): ProviderServer {
  const call = gatewayCalls(tools, server.baseUrl, { admintoken: server.adminSecret });
  return {
    async check() {
      const rows = await allInstances(call);
      return rows.ok ? succeeded({ version: null, instances: rows.value.length }) : rows;
    },
    createInstance: (input) => createInstance(tools, server, call, input),
    async listInstances() {
      const rows = await allInstances(call);
      return rows.ok ? succeeded(rows.value.flatMap(remoteInstance)) : rows;
    },
  };
}

/** The one admin call that every version has and that changes nothing. */
async function allInstances(call: Call): Promise<Attempt<readonly unknown[]>> {
  const answer = await call({ method: 'GET', path: '/instance/all', maxBytes: LIST_MAX_BYTES });
  if (!answer.ok) return answer;
  return Array.isArray(answer.value)
    ? succeeded(listOf(answer.value))
    : failed({ ...invalidAnswer('the list of instances is no list'), certainty: 'not-sent' });
}

function remoteInstance(row: unknown): readonly RemoteInstance[] {
  const externalId = textOf(at(row, 'id'));
  if (externalId === null) return [];
  const token = textOf(at(row, 'token'));
  return [
    {
      externalId,
      name: lineOf(at(row, 'name'), 120) ?? externalId,
      report: reportOf({ status: textOf(at(row, 'status')), instance: row }),
      ...(token === null ? {} : { token: new Secret(token) }),
    },
  ];
}

/** Creates, then sets the webhook. When that fails the new instance is taken away again: without its address nobody could. */
async function createInstance(
  tools: ProviderTools,
  server: ServerAddress,
  call: Call,
  input: { readonly name: string; readonly webhook: WebhookTarget },
): Promise<Attempt<InstanceAddress>> {
  const answer = await create(call, input.name);
  if (!answer.ok) return answer;
  const externalId = firstText(at(answer.value, 'instance', 'id'), at(answer.value, 'id'));
  const token = firstText(at(answer.value, 'token'), at(answer.value, 'instance', 'token'));
  if (externalId === null || token === null) return failed(invalidAnswer('no id or token in the answer'));
  const address: InstanceAddress = { externalId, token: new Secret(token) };
  const session = openSession(tools, server, address);
  const hooked = await session.setWebhook(input.webhook);
  if (hooked.ok) return succeeded(address);
  await session.remove();
  return failed({ ...hooked.failure, certainty: 'not-sent' });
}

/** Versions before 2.0.1 know `/instance/init` only. */
async function create(call: Call, name: string): Promise<Attempt<unknown>> {
  const answer = await call({ method: 'POST', path: '/instance/create', body: { json: { name } } });
  return !answer.ok && answer.failure.kind === 'not-found'
    ? call({ method: 'POST', path: '/instance/init', body: { json: { name } } })
    : answer;
}
