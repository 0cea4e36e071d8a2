import type { ChatwootClient } from '#chatwoot';
import type { Attempt } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import { leaseEnded } from '../lanes/lease-ended.ts';
import type { DeliveryTask } from '../lanes/run-lane.ts';
import type { LaneThread, ThreadLinks } from '../lanes/road.ts';
import { dialled, isShortSpelling, otherSpelling } from '../threads/brazilian-numbers.ts';

export type OpenLinks = ThreadLinks & { readonly contactId: number; readonly sourceId: string; readonly conversationId: number };

export interface Inbox {
  readonly chatwootInboxId: number;
  readonly client: ChatwootClient;
}

/**
 * The thread's contact and conversation in Chatwoot, made when they are new: two calls for a stranger, none when known.
 * `learn` is told each id as soon as Chatwoot gave it, so that a failure later on does not lose it.
 */
export async function openConversation(inbox: Inbox, task: DeliveryTask, learn: (links: ThreadLinks) => void): Promise<Attempt<OpenLinks>> {
  const { thread } = task;
  if (thread.contactId !== null && thread.sourceId !== null && thread.conversationId !== null) {
    return succeeded({ contactId: thread.contactId, sourceId: thread.sourceId, conversationId: thread.conversationId });
  }
  const contact = await contactOf(inbox, thread, task);
  if (!contact.ok) return contact;
  const sourceId = thread.sourceId ?? thread.address;
  learn({ contactId: contact.value.id, sourceId, conversationId: null });

  const mayExist = !contact.value.justMade || task.askFirst;
  if (!task.mayStart()) return failed(leaseEnded);
  const conversation = await conversationOf(inbox, { contactId: contact.value.id, sourceId, mayExist });
  if (!conversation.ok) return conversation;
  const links = { contactId: contact.value.id, sourceId, conversationId: conversation.value };
  learn(links);
  return succeeded(links);
}

async function contactOf(inbox: Inbox, thread: LaneThread, task: DeliveryTask): Promise<Attempt<{ id: number; justMade: boolean }>> {
  if (thread.contactId !== null) return succeeded({ id: thread.contactId, justMade: false });
  const digits = thread.phone?.slice(1) ?? null;
  const identifier = thread.address;
  // Programs that spell numbers as WhatsApp does will have stored the short one: look before making a second contact.
  if (digits && isShortSpelling(digits)) {
    const found = await inbox.client.findContacts({ phones: phonesOf(digits), identifier });
    if (!found.ok) return found;
    const [first] = found.value;
    if (first) return succeeded({ id: first.id, justMade: false });
  }
  if (!task.mayStart()) return failed(leaseEnded);
  const made = await inbox.client.createContact({
    inboxId: inbox.chatwootInboxId,
    sourceId: thread.sourceId ?? thread.address,
    name: thread.name ?? thread.phone ?? thread.address.slice(0, thread.address.indexOf('@')),
    phone: digits ? `+${dialled(digits)}` : null,
    identifier,
  });
  if (!made.ok) return made;
  if ('created' in made.value) return succeeded({ id: made.value.created.id, justMade: true });
  return existingContact(inbox, thread, digits);
}

async function existingContact(
  inbox: Inbox,
  thread: LaneThread,
  digits: string | null,
): Promise<Attempt<{ id: number; justMade: boolean }>> {
  const bySource = await inbox.client.findContactBySourceId(inbox.chatwootInboxId, thread.sourceId ?? thread.address);
  if (!bySource.ok) return bySource;
  if (bySource.value) return succeeded({ id: bySource.value.id, justMade: false });
  const found = await inbox.client.findContacts({ phones: digits ? phonesOf(digits) : [], identifier: thread.address });
  if (!found.ok) return found;
  const [first] = found.value;
  if (first) return succeeded({ id: first.id, justMade: false });
  return failed({
    kind: 'rejected',
    retry: 'later',
    certainty: 'not-sent',
    scope: 'message',
    detail: 'Chatwoot says this contact exists but does not find it by source id, phone or identifier.',
  });
}

async function conversationOf(inbox: Inbox, input: { contactId: number; sourceId: string; mayExist: boolean }): Promise<Attempt<number>> {
  if (input.mayExist) {
    const known = await inbox.client.listConversations(inbox.chatwootInboxId, input.contactId);
    if (!known.ok) return known;
    const newest = known.value.find((conversation) => conversation.status !== 'resolved') ?? known.value[0];
    if (newest) return succeeded(newest.id);
  }
  const made = await inbox.client.createConversation({
    inboxId: inbox.chatwootInboxId,
    contactId: input.contactId,
    sourceId: input.sourceId,
  });
  return made.ok ? succeeded(made.value.id) : made;
}

function phonesOf(digits: string): string[] {
  const other = otherSpelling(digits);
  return [`+${dialled(digits)}`, ...(other ? [`+${isShortSpelling(digits) ? digits : other}`] : [])];
}
