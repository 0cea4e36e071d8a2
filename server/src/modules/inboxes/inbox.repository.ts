import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';
import { chatwootErrors } from '@whatpro/sdk/contract';
import type { ChatwootLink, Inbox } from '@whatpro/sdk/contract';

type LinkRow = Awaited<ReturnType<typeof requireLink>>;
type InboxRow = Awaited<ReturnType<typeof requireInbox>>;

export async function requireLink(database: AccountDatabase, id: string) {
  const row = await database.chatwootLink.findFirst({ where: { id } });
  if (!row) throw new AppError(chatwootErrors['link-not-found']);
  return row;
}

export async function requireInbox(database: AccountDatabase, id: string) {
  const row = await database.inbox.findFirst({ where: { id } });
  if (!row) throw new AppError(chatwootErrors['inbox-not-found']);
  return row;
}

export const listLinks = async (database: AccountDatabase): Promise<ChatwootLink[]> =>
  (await database.chatwootLink.findMany({ orderBy: { id: 'asc' }, take: 100 })).map(toLink);

export const listInboxes = async (database: AccountDatabase): Promise<Inbox[]> =>
  (await database.inbox.findMany({ orderBy: { id: 'asc' }, take: 1_000 })).map(toInbox);

export const toLink = (row: LinkRow): ChatwootLink => ({
  id: row.id,
  baseUrl: row.baseUrl,
  chatwootAccountId: row.chatwootAccountId,
  name: row.name,
  secretHint: row.secretHint,
  health: row.health as ChatwootLink['health'],
  checkedAt: row.checkedAt,
  createdAt: row.createdAt,
});

export const toInbox = (row: InboxRow): Inbox => ({
  id: row.id,
  chatwootLinkId: row.chatwootLinkId,
  chatwootInboxId: row.chatwootInboxId,
  name: row.name,
  instanceId: row.instanceId,
  signed: row.webhookSecret !== null,
  createdAt: row.createdAt,
});
