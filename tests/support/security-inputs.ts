import { randomBytes } from 'node:crypto';
import type { ListedProcedure } from '../../server/src/platform/trpc/index.ts';
import type { Tenant } from './security-world.ts';

type Input = Readonly<Record<string, unknown>>;

/** One place of an input that names something. */
export interface Leaf {
  readonly procedure: string;
  /** The field; in a list, its first item. */
  readonly field: string;
  readonly inList: boolean;
  /** `account`: whose account. `thing`: what is asked for. `filter`: narrows a list, which may also be empty. */
  readonly role: 'account' | 'thing' | 'filter';
  /** What stands there, as a name of `Tenant.ids`. */
  readonly of: string;
}

/** What `id` means, by the first part of the procedure's path. */
const SUBJECT_OF_ROOM: Readonly<Record<string, string>> = {
  access: 'session',
  apiKeys: 'apiKey',
  chatwootLinks: 'chatwootLink',
  inboxes: 'inbox',
  instances: 'instance',
  instanceTokens: 'instanceToken',
  invitations: 'invitation',
  members: 'member',
  messages: 'message',
  providerServers: 'providerServer',
  settings: 'origin',
  supportVisits: 'visit',
  teams: 'team',
};

const SUBJECT_OF_FIELD: Readonly<Record<string, string>> = {
  accountId: 'account',
  actorId: 'user',
  chatwootLinkId: 'chatwootLink',
  inboxId: 'inbox',
  instanceId: 'instance',
  lastEventId: 'message',
  memberId: 'member',
  messageIds: 'message',
  providerServerId: 'providerServer',
  subjectId: 'instance',
  threadId: 'thread',
};

/** A cursor is the id of a row of the list it walks. */
const CURSOR_OF: Readonly<Record<string, string>> = {
  'accounts.list': 'account',
  'audit.list': 'auditEntry',
  'audit.memberSignIns': 'auditEntry',
  'deadLetters.list': 'message',
  'teams.members': 'member',
  'teams.inboxes': 'inbox',
};

/** What the schemas leave open: fields that must be there and are no ids. */
const FIELDS: Readonly<Record<string, Input>> = {
  'accounts.change': { name: 'Loja' },
  'accounts.create': { name: 'Loja' },
  'access.changePassword': { currentPassword: 'not the password', newPassword: 'a sentence nobody says' },
  'apiKeys.create': { name: 'key', scopes: ['instances:read'] },
  'chatwootLinks.create': { baseUrl: 'http://127.0.0.1:1', chatwootAccountId: 1, token: 'token-of-nobody' },
  'inboxes.link': { inboxName: 'Vendas' },
  'instances.create': { name: 'loja-9' },
  'invitations.accept': { token: 'x'.repeat(43) },
  'invitations.create': { email: 'new@example.com', role: 'agent' },
  'members.change': { role: 'agent' },
  'providerServers.create': { provider: 'uazapi', name: 'gateway', baseUrl: 'http://127.0.0.1:1', adminSecret: 'secret-of-nobody' },
  'settings.addOrigin': { origin: 'https://new.example.com' },
  'settings.changeFeatures': { features: {} },
  'settings.changeLimits': { limits: {} },
  'supportVisits.open': { reason: 'a good reason', minutes: 30 },
  'teams.create': { name: 'Vendas 9' },
  'teams.rename': { name: 'Vendas 8' },
  'instanceTokens.issue': {},
};

/** Where the account's own row would be refused for another reason first. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'inboxes.link': { instanceId: 'spareInstance' } };

const isIdName = (name: string): boolean => name === 'id' || name === 'cursor' || /Ids?$/.test(name);

/** Every place of this procedure's input that names something, optional ones included. */
export function leavesOf({ path, type, inputs }: ListedProcedure): readonly Leaf[] {
  const fields = new Map(inputs.flatMap((input) => Object.entries(propertiesOf(input))));
  return [...fields].flatMap(([field, schema]) => {
    const inList = schema.type === 'array';
    const isUuid = (inList ? schema.items?.format : schema.format) === 'uuid';
    if (!isUuid && !isIdName(field)) return [];
    const number = schema.type === 'integer' || schema.type === 'number';
    if (number) return [];
    const of =
      ELSEWHERE[path]?.[field] ??
      (field === 'id'
        ? SUBJECT_OF_ROOM[path.split('.')[0] ?? '']
        : field === 'cursor'
          ? (CURSOR_OF[path] ?? SUBJECT_OF_ROOM[path.split('.')[0] ?? ''])
          : SUBJECT_OF_FIELD[field]);
    if (of === undefined) throw new Error(`${path} takes ${field}, and security-inputs.ts does not say what that is`);
    const narrows = type !== 'mutation' && field !== 'id';
    const role = field === 'accountId' ? 'account' : narrows ? 'filter' : 'thing';
    return [{ procedure: path, field, inList, role, of }];
  });
}

interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly items?: { readonly format?: string };
}

const propertiesOf = (input: ListedProcedure['inputs'][number]): Readonly<Record<string, Property>> =>
  (input.toJSONSchema({ io: 'input', unrepresentable: 'any' }).properties ?? {}) as Readonly<Record<string, Property>>;

/** An input the procedure takes, all about rows of this account. Filters and cursors stay away: they are put in one at a time. */
export function validInput(procedure: ListedProcedure, tenant: Tenant): Input {
  const ids = leavesOf(procedure)
    .filter(({ role }) => role !== 'filter')
    .map((leaf) => [leaf.field, placed(leaf, tenant.ids[leaf.of] ?? '')] as const);
  return { ...FIELDS[procedure.path], ...Object.fromEntries(ids) };
}

/** The same with one leaf about something else. */
export function withLeaf(input: Input, leaf: Leaf, id: string): Input {
  return { ...input, [leaf.field]: placed(leaf, id) };
}

const placed = ({ inList }: Leaf, id: string): unknown => (inList ? [id] : id);

/** In words, why the procedure would not take it; null when it would. */
export function inputFault({ path, inputs }: ListedProcedure, input: Input): string | null {
  for (const [index, schema] of inputs.entries()) {
    const own = Object.fromEntries(Object.entries(input).filter(([name]) => index === 0 || inputs.length === 1 || name !== 'accountId'));
    const read = schema.safeParse(own);
    if (!read.success && !(index === 0 && inputs.length > 1)) return `${path}: ${read.error.message}`;
  }
  return null;
}

/** An id of nothing, made in the same instant, so that it sorts as the given one does. */
export const neighbourOf = (id: string): string => `${id.slice(0, -12)}${randomBytes(6).toString('hex')}`;

/** `[method, path, body]` of a call: the REST address, or tRPC for what has none. */
export function requestOf({ path, type, meta }: ListedProcedure, input: Input): readonly [string, string, unknown] {
  if (meta.rest === undefined) {
    const json = JSON.stringify({ json: input });
    if (type === 'mutation') return ['POST', `/trpc/${path}`, { json: input }];
    return ['GET', `/trpc/${path}?input=${encodeURIComponent(json)}`, undefined];
  }
  const { method } = meta.rest;
  const taken = new Set<string>();
  const address = meta.rest.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    taken.add(name);
    return encodeURIComponent(String(input[name]));
  });
  const rest = Object.entries(input).filter(([name]) => !taken.has(name));
  if (method !== 'GET' && method !== 'DELETE') return [method, `/api/v1${address}`, Object.fromEntries(rest)];
  const query = new URLSearchParams(rest.map(([name, value]) => [name, String(value)]));
  return [method, `/api/v1${address}${rest.length > 0 ? `?${query.toString()}` : ''}`, undefined];
}
