import { Secret } from '#platform/crypto';
import type { Attempt } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { ProviderServer, ProviderTools, RemoteInstance, ServerAddress } from '#provider-kit';
import { at, invalidAnswer, lineOf, listOf, textOf } from '#provider-kit';
import type { Call } from './gateway.ts';
import { gatewayCalls } from './gateway.ts';
import { reportOf } from './report.ts';

export function openServer(tools: ProviderTools, server: ServerAddress): ProviderServer {
  const call = gatewayCalls(tools, server.baseUrl, server.adminSecret);
  return {
    async check() {
      const health = await call({ method: 'GET', path: '/health' });
      if (!health.ok) return health;
      if (at(health.value, 'name') !== 'sandbox-gateway')
        return failed({ ...invalidAnswer('this is not a sandbox gateway'), certainty: 'not-sent', scope: 'peer' });
      const rows = await allInstances(call);
      return rows.ok ? succeeded({ version: textOf(at(health.value, 'version')), instances: rows.value.length }) : rows;
    },
    async createInstance({ name, webhook }) {
      const answer = await call({ method: 'POST', path: '/instances', body: { json: { name, webhook: { url: webhook.url } } } });
      if (!answer.ok) return answer;
      const [externalId, token] = [textOf(at(answer.value, 'id')), textOf(at(answer.value, 'token'))];
      return externalId === null || token === null
        ? failed(invalidAnswer('no id or token in the answer'))
        : succeeded({ externalId, token: new Secret(token) });
    },
    async listInstances() {
      const rows = await allInstances(call);
      return rows.ok ? succeeded(rows.value.flatMap(remoteInstance)) : rows;
    },
  };
}

async function allInstances(call: Call): Promise<Attempt<readonly unknown[]>> {
  const answer = await call({ method: 'GET', path: '/instances' });
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
      report: reportOf(row),
      ...(token === null ? {} : { token: new Secret(token) }),
    },
  ];
}
