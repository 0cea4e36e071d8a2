import { listProcedures } from '../../server/src/platform/trpc/index.ts';
import type { ListedProcedure } from '../../server/src/platform/trpc/index.ts';
import { CREDENTIAL_SCOPES } from '@whatpro/sdk/contract';
import type { TestDatabase } from './database.ts';
import { emptyRouter } from './empty-hub.ts';
import type { Answer, Client } from './security-client.ts';
import { inputFault, leavesOf, neighbourOf, requestOf, validInput, withLeaf } from './security-inputs.ts';
import type { Leaf } from './security-inputs.ts';
import { checksums, PRINCIPALS } from './security-world.ts';
import type { PrincipalName, Tenant } from './security-world.ts';

export interface MatrixResult {
  readonly procedures: number;
  /** Those that were called with something of another account at least once. */
  readonly covered: number;
  /** Those whose input names nothing, so that nothing can be put in its place. */
  readonly nameless: readonly string[];
  readonly leaves: number;
  readonly calls: number;
  readonly seconds: number;
  /** How often each status was the answer to something of another account. */
  readonly statuses: Readonly<Record<string, number>>;
  /** In words; empty when the accounts are apart. */
  readonly faults: readonly string[];
}

interface MatrixSetting {
  readonly client: Client;
  readonly database: TestDatabase;
  readonly a: Tenant;
  readonly b: Tenant;
}

interface MatrixChoice {
  readonly principals?: readonly PrincipalName[];
  /** By the beginning of their path. */
  readonly only?: readonly string[];
}

/** Its input is an invitation's token, which is no id. */
const isForAnyone = ({ meta }: ListedProcedure): boolean => meta.kind === 'public';

/** Every call of the product as A, with one id of B in it at a time (TI-05, TI-06). */
export async function runMatrix({ client, database, a, b }: MatrixSetting, choice: MatrixChoice = {}): Promise<MatrixResult> {
  const startedMs = performance.now();
  const procedures = listProcedures(emptyRouter()).filter(
    (procedure) => !isForAnyone(procedure) && (choice.only?.some((start) => procedure.path.startsWith(start)) ?? true),
  );
  const faults: string[] = [];
  const statuses: Record<string, number> = {};
  const covered = new Set<string>();
  const leaves = procedures.flatMap((procedure) => leavesOf(procedure).map((leaf) => ({ procedure, leaf })));
  let calls = 0;

  for (const procedure of procedures) {
    const fault = inputFault(procedure, validInput(procedure, a));
    if (fault !== null) faults.push(`no valid input: ${fault}`);
  }
  for (const principal of choice.principals ?? PRINCIPALS) {
    const before = await checksums(database, b.accountId);
    const ours = await checksums(database, a.accountId);
    const reached = b.peers.calls();
    for (const { procedure, leaf } of leaves) {
      if (procedure.type === 'subscription' && leaf.role !== 'account') continue;
      const foreign = b.ids[leaf.of] ?? '';
      const ask = async (id: string): Promise<Answer> => {
        const [method, path, body] = requestOf(procedure, withLeaf(validInput(procedure, a), leaf, id));
        calls += 1;
        const answer = await client.send(method, path, {
          as: a.principals[principal],
          body,
          headers: method === 'POST' ? { 'x-wph-csrf': '1' } : {},
        });
        return procedure.type === 'subscription' ? { ...answer, status: statusInStream(answer) } : answer;
      };
      const nothing = neighbourOf(foreign);
      const theirs = await ask(foreign);
      const nobodys = await ask(nothing);
      covered.add(procedure.path);
      statuses[theirs.status] = (statuses[theirs.status] ?? 0) + 1;
      const told = faultOf({ procedure, leaf, principal, foreign, nothing, theirs, nobodys, mark: b.mark });
      if (told !== null) faults.push(`${procedure.path} ${leaf.field} as ${principal}: ${told}`);
    }
    for (const procedure of procedures.filter(({ type }) => type === 'query')) {
      const [method, path, body] = requestOf(procedure, validInput(procedure, a));
      const { status, text, headers } = await client.send(method, path, { as: a.principals[principal], body });
      calls += 1;
      if (holds(text + headers, b.mark)) faults.push(`${procedure.path} as ${principal}: shows another account's text`);
      if (principal === 'admin' && procedure.meta.kind === 'account' && status !== 200)
        faults.push(`${procedure.path}: its input is not good after all, it answers ${status} ${text.slice(0, 200)}`);
    }
    for (const table of changed(before, await checksums(database, b.accountId)))
      faults.push(`as ${principal}: ${table} of the other account has changed`);
    for (const table of changed(ours, await checksums(database, a.accountId)))
      if (!OWN_TRACES.includes(table)) faults.push(`as ${principal}: ${table} of its own account has changed`);
    if (b.peers.calls() !== reached) faults.push(`as ${principal}: a server of the other account was called`);
  }
  return {
    procedures: procedures.length,
    covered: covered.size,
    nameless: procedures.filter((procedure) => leavesOf(procedure).length === 0).map(({ path }) => path),
    leaves: leaves.length,
    calls,
    seconds: (performance.now() - startedMs) / 1_000,
    statuses,
    faults,
  };
}

/** What a refusal may leave behind in the account of whoever asked. */
const OWN_TRACES = ['audit_entry', 'api_key', 'instance_token'];

interface Found {
  readonly procedure: ListedProcedure;
  readonly leaf: Leaf;
  readonly principal: PrincipalName;
  readonly foreign: string;
  readonly nothing: string;
  readonly theirs: Answer;
  readonly nobodys: Answer;
  readonly mark: string;
}

function faultOf({ procedure, leaf, principal, foreign, nothing, theirs, nobodys, mark }: Found): string | null {
  if (holds(theirs.text + theirs.headers, mark)) return "shows another account's text";
  const told = plain(theirs.text, foreign);
  const other = plain(nobodys.text, nothing);
  if (theirs.status !== nobodys.status || told !== other)
    return `answers ${theirs.status} ${told.slice(0, 200)}, and for what does not exist ${nobodys.status} ${other.slice(0, 200)}`;
  if (theirs.status === 403 && !isForbiddenAnyway(procedure, leaf, principal))
    return `answers 403, which says that it is there: ${told.slice(0, 200)}`;
  const known = allowed(leaf, principal);
  return known.includes(theirs.status) ? null : `answers ${theirs.status} ${told.slice(0, 200)}`;
}

/** A list may be narrowed to what is not there, and a replay of nothing replays nothing; a token is nobody's session. */
function allowed({ role, procedure }: Leaf, principal: PrincipalName): readonly number[] {
  const alone = principal === 'instance-token' ? [401] : [];
  if (role === 'filter' || procedure === 'deadLetters.replay') return [200, 403, 404, ...alone];
  return [404, 403, ...alone];
}

const EVERYDAY = ['account:read', 'members:read', 'instances:read', 'inboxes:read', 'messages:read'];
const OF_PRINCIPAL: Readonly<Record<PrincipalName, (permission: string) => boolean>> = {
  admin: () => true,
  supervisor: (permission) => permission.endsWith(':read') || permission === 'dead-letters:write',
  agent: (permission) => [...EVERYDAY, 'dead-letters:read'].includes(permission),
  viewer: (permission) => EVERYDAY.includes(permission),
  'api-key': (permission) => CREDENTIAL_SCOPES.some((scope) => scope === permission),
  'instance-token': (permission) => CREDENTIAL_SCOPES.some((scope) => scope === permission),
};

/** Whether they are refused for what they are, before anybody looks for the thing. */
function isForbiddenAnyway({ meta }: ListedProcedure, { role }: Leaf, principal: PrincipalName): boolean {
  if (meta.kind !== 'account') return true;
  return role !== 'account' && !OF_PRINCIPAL[principal](meta.permission ?? '');
}

/** A stream is opened with 200; its refusal is its first event. */
const statusInStream = ({ status, text }: Answer): number => Number(/"httpStatus":(\d+)/.exec(text)?.[1] ?? status);

const holds = (text: string, mark: string): boolean => text.toLowerCase().includes(mark.toLowerCase());

/** Without what differs from call to call: the id that was asked for, the request's own, and ages. */
const plain = (text: string, id: string): string =>
  text
    .replaceAll(id, '<id>')
    .replace(/req_[\w-]{16}/g, '<request>')
    .replace(/"oldestPendingMs":\d+/, '"oldestPendingMs":0');

function changed(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(after).filter((table) => before[table] !== after[table]);
}
