import type { AccountDatabase } from '#platform/database';
import { AppError, onlyReached, reaches } from '#platform/trpc';
import type { Reach } from '#platform/trpc';
import { chatwootErrors } from '@whatpro/sdk/contract';
import type { ChatwootLink, Inbox } from '@whatpro/sdk/contract';

type LinkRow = Awaited<ReturnType<typeof requireLink>>;
type InboxRow = Awaited<ReturnType<typeof requireInbox>>;

export async function requireLink(database: AccountDatabase, id: string) {
  const row = await database.chatwootLink.findFirst({ where: { id } });
  if (!row) throw new AppError(chatwootErrors['link-not-found']);
  return row;
}

/** What is out of reach is not there. */
export async function requireInbox(database: AccountDatabase, reach: Reach, id: string) {
  if (!reaches(reach.inboxes, id)) throw new AppError(chatwootErrors['inbox-not-found']);
  const row = await database.inbox.findFirst({ where: { id } });
  if (!row) throw new AppError(chatwootErrors['inbox-not-found']);
  return row;
}

/** An account has few of both (its limits say how many), so a list is one page. */
export async function listLinks(database: AccountDatabase): Promise<{ items: ChatwootLink[]; nextCursor: null }> {
  const rows = await database.chatwootLink.findMany({ orderBy: { id: 'asc' }, take: 100 });
  return { items: rows.map(toLink), nextCursor: null };
}

export async function listInboxes(database: AccountDatabase, { inboxes }: Reach): Promise<{ items: Inbox[]; nextCursor: null }> {
  const rows = await database.inbox.findMany({ where: { id: onlyReached(inboxes) }, orderBy: { id: 'asc' }, take: 1_000 });
  return { items: rows.map(toInbox), nextCursor: null };
}

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
