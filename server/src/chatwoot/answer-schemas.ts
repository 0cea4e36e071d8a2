import { z } from 'zod';
import type { ChatwootContact, ChatwootConversation, ChatwootInbox, ChatwootProfile } from './chatwoot-client.ts';

const LONGEST_NAME = 500;
const MOST_ROWS = 10_000;

const id = z.number().int().positive();
const name = z.string().transform((text) => text.slice(0, LONGEST_NAME));
const nameOrNull = name.nullish().transform((text) => text ?? null);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(MOST_ROWS);

export const profileAnswer = z
  .object({
    id,
    name: nameOrNull,
    accounts: list(z.object({ id, name: nameOrNull, role: z.string().max(50).nullish() })),
  })
  .transform((user): ChatwootProfile => ({
    userId: user.id,
    name: user.name ?? '',
    accounts: user.accounts.map((account) => ({ id: account.id, name: account.name ?? '', role: account.role ?? '' })),
  }));

export const inboxAnswer = z
  .object({
    id,
    name: nameOrNull,
    channel_type: z.string().max(100).nullish(),
    webhook_url: z.string().max(4_096).nullish(),
    secret: z.string().max(500).nullish(),
  })
  .transform((inbox): ChatwootInbox => ({
    id: inbox.id,
    name: inbox.name ?? '',
    channelType: inbox.channel_type ?? '',
    webhookUrl: inbox.webhook_url || null,
    secret: inbox.secret || null,
  }));

export const inboxListAnswer = z.object({ payload: list(inboxAnswer) });

const contact = z
  .object({ id, name: nameOrNull, phone_number: z.string().max(40).nullish() })
  .transform((found): ChatwootContact => ({ id: found.id, name: found.name, phone: found.phone_number || null }));

export const contactAnswer = contact;
/** Forks and proxies leave out wrappers: the id is what counts. */
export const newContactAnswer = z
  .union([z.object({ payload: z.object({ contact }) }), z.object({ payload: contact }), contact])
  .transform((answer) => ('id' in answer ? answer : 'contact' in answer.payload ? answer.payload.contact : answer.payload));
export const contactListAnswer = z.object({ payload: list(contact) });

const conversation = z.object({
  id,
  inbox_id: id.nullish(),
  status: z.string().max(50).nullish(),
  meta: z.object({ sender: z.object({ id }).nullish() }).nullish(),
});

const toConversation = (found: z.output<typeof conversation>): ChatwootConversation => ({
  id: found.id,
  status: found.status ?? 'open',
  contactId: found.meta?.sender?.id ?? null,
});

export const conversationAnswer = conversation.transform(toConversation);

export const conversationListAnswer = z
  .object({ payload: list(conversation) })
  .transform(({ payload }) => payload.map((found) => ({ inboxId: found.inbox_id ?? null, conversation: toConversation(found) })));

export const messageAnswer = z.object({ id });

export const messageListAnswer = z.object({
  payload: list(z.object({ id, source_id: z.string().max(2_000).nullish() })),
});

export const anyAnswer = z.unknown();
