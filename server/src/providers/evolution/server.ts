import { randomUUID } from 'node:crypto';
import { Secret } from '#platform/crypto';
import { failed, succeeded } from '#platform/outcome';
import type { ProviderServer, ProviderTools, RemoteInstance, ServerAddress } from '#provider-kit';
import { evolutionApi } from './api.ts';
import { invalidAnswer } from './failures.ts';
import { reportOf } from './pairing.ts';
import { fieldsOf, inside, textOf } from './payload.ts';
import { withWebhook } from './webhook-target.ts';

/** A row of the list is one to two kilobytes. */
const LIST_BYTES = 20 * 1024 * 1024;

export function openServer(tools: ProviderTools, server: ServerAddress): ProviderServer {
  const api = evolutionApi(tools, server.baseUrl, server.adminSecret);

  const list: ProviderServer['listInstances'] = async () => {
    const answer = await api.call({ method: 'GET', path: '/instance/fetchInstances', timeoutMs: 30_000, maxBytes: LIST_BYTES });
    if (!answer.ok) return answer;
    if (!Array.isArray(answer.value)) return failed(invalidAnswer('fetchInstances without a list'));
    return succeeded(answer.value.map(remoteInstance).filter((instance) => instance !== null));
  };

  return {
    listInstances: list,

    async check() {
      const root = await api.call({ method: 'GET', path: '/' });
      if (!root.ok) return root.failure.kind === 'invalid-answer' ? failed(notEvolution()) : root;
      const { version, message } = inside(root.value);
      if (textOf(version) === undefined && !/evolution/i.test(textOf(message) ?? '')) return failed(notEvolution());
      const instances = await list();
      if (!instances.ok) return instances;
      return succeeded({ version: textOf(version)?.slice(0, 50) ?? null, instances: instances.value.length });
    },

    async createInstance({ name, webhook }) {
      const token = randomUUID().toUpperCase();
      const answer = await withWebhook(webhook, (hook) =>
        api.call({
          method: 'POST',
          path: '/instance/create',
          // With `qrcode: true` the call would block for five seconds; `connect` gives the QR as well.
          body: { json: { instanceName: name, integration: 'WHATSAPP-BAILEYS', token, qrcode: false, webhook: hook } },
          timeoutMs: 30_000,
        }),
      );
      if (!answer.ok) return answer;
      const externalId = textOf(inside(answer.value, 'instance')['instanceName']);
      if (externalId === undefined) return failed(invalidAnswer('create without an instance'));
      return succeeded({ externalId, token: new Secret(textOf(inside(answer.value)['hash']) ?? token) });
    },
  };
}

const notEvolution = (): ReturnType<typeof invalidAnswer> => ({
  ...invalidAnswer('the address does not answer as Evolution API'),
  retry: 'never',
  certainty: 'not-sent',
});

function remoteInstance(row: unknown): RemoteInstance | null {
  const fields = fieldsOf(row);
  const name = textOf(fields?.['name']);
  if (!fields || name === undefined) return null;
  const token = textOf(fields['token']);
  const report = reportOf({
    state: fields['connectionStatus'],
    code: fields['disconnectionReasonCode'],
    owner: fields['ownerJid'],
    profileName: fields['profileName'],
  });
  return { externalId: name, name, report, ...(token === undefined ? {} : { token: new Secret(token) }) };
}
