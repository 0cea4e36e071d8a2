import type { AccountDatabase, SystemDatabase } from '#platform/database';

export interface SealedValue {
  readonly rowId: string;
  readonly sealed: string;
}

export interface SealedColumn<Tables> {
  readonly table: string;
  readonly column: string;
  /** At most `take` values that do not begin with `current`, by row id, after this one. */
  stale(tables: Tables, search: StaleSearch): Promise<readonly SealedValue[]>;
  /** Puts the new text in the place of the old one. False when it is not there any more. */
  replace(tables: Tables, before: SealedValue, after: string): Promise<boolean>;
}

export interface StaleSearch {
  readonly current: string;
  readonly after: string | null;
  readonly take: number;
}

const idAfter = ({ after }: StaleSearch): { id?: { gt: string } } => (after === null ? {} : { id: { gt: after } });
const page = ({ take }: StaleSearch) => ({ orderBy: { id: 'asc' as const }, take });
const done = ({ count }: { readonly count: number }): boolean => count > 0;

/** Every column that holds sealed text. A test compares it with the columns that exist. */
export const hubColumns: readonly SealedColumn<SystemDatabase>[] = [
  {
    table: 'session',
    column: 'hmac_key',
    stale: async (tables, search) =>
      (
        await tables.session.findMany({ where: { ...idAfter(search), hmacKey: { not: { startsWith: search.current } } }, ...page(search) })
      ).map(({ id, hmacKey }) => ({ rowId: id, sealed: hmacKey })),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.session.updateMany({ where: { id: rowId, hmacKey: sealed }, data: { hmacKey: after } })),
  },
  {
    table: 'signing_key',
    column: 'private_key',
    stale: async (tables, search) =>
      (
        await tables.signingKey.findMany({
          where: { ...idAfter(search), privateKey: { not: { startsWith: search.current } } },
          ...page(search),
        })
      ).map(({ id, privateKey }) => ({ rowId: id, sealed: privateKey })),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.signingKey.updateMany({ where: { id: rowId, privateKey: sealed }, data: { privateKey: after } })),
  },
];

export const accountColumns: readonly SealedColumn<AccountDatabase>[] = [
  {
    table: 'provider_server',
    column: 'admin_secret',
    stale: async (tables, search) =>
      (
        await tables.providerServer.findMany({
          where: { ...idAfter(search), adminSecret: { not: { startsWith: search.current } } },
          ...page(search),
        })
      ).map(({ id, adminSecret }) => ({ rowId: id, sealed: adminSecret })),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.providerServer.updateMany({ where: { id: rowId, adminSecret: sealed }, data: { adminSecret: after } })),
  },
  {
    table: 'instance',
    column: 'token',
    stale: async (tables, search) =>
      (
        await tables.instance.findMany({ where: { ...idAfter(search), token: { not: { startsWith: search.current } } }, ...page(search) })
      ).map(({ id, token }) => ({ rowId: id, sealed: token })),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.instance.updateMany({ where: { id: rowId, token: sealed }, data: { token: after } })),
  },
  {
    table: 'chatwoot_link',
    column: 'token',
    stale: async (tables, search) =>
      (
        await tables.chatwootLink.findMany({
          where: { ...idAfter(search), token: { not: { startsWith: search.current } } },
          ...page(search),
        })
      ).map(({ id, token }) => ({ rowId: id, sealed: token })),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.chatwootLink.updateMany({ where: { id: rowId, token: sealed }, data: { token: after } })),
  },
  {
    table: 'inbox',
    column: 'webhook_secret',
    stale: async (tables, search) =>
      (
        await tables.inbox.findMany({
          where: { ...idAfter(search), webhookSecret: { not: { startsWith: search.current } } },
          ...page(search),
        })
      ).flatMap(({ id, webhookSecret }) => (webhookSecret === null ? [] : [{ rowId: id, sealed: webhookSecret }])),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.inbox.updateMany({ where: { id: rowId, webhookSecret: sealed }, data: { webhookSecret: after } })),
  },
  {
    table: 'webhook_endpoint',
    column: 'sealed_token',
    stale: async (tables, search) =>
      (
        await tables.webhookEndpoint.findMany({
          where: { ...idAfter(search), sealedToken: { not: { startsWith: search.current } } },
          ...page(search),
        })
      ).map(({ id, sealedToken }) => ({ rowId: id, sealed: sealedToken })),
    replace: async (tables, { rowId, sealed }, after) =>
      done(await tables.webhookEndpoint.updateMany({ where: { id: rowId, sealedToken: sealed }, data: { sealedToken: after } })),
  },
];

/** Columns that are named like secrets and hold none that could be opened, each with its reason. */
export const notSealed: Readonly<Record<string, string>> = {
  'api_key.secret_hash': 'argon2id',
  'invitation.token_sha256': 'hash',
  'webhook_endpoint.token_sha256': 'hash',
  'chatwoot_link.secret_hint': 'last four characters',
  'provider_server.secret_hint': 'last four characters',
  'hub_user.password_hash': 'argon2id',
  'hub_user.must_change_password': 'yes or no',
};
