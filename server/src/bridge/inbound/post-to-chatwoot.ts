import type { NewMessage } from '#chatwoot';
import type { FetchedMedia } from '#provider-kit';
import type { Attempt, DeliveryFailure } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import { leaseEnded } from '../lanes/lease-ended.ts';
import type { Delivery, DeliveryTask } from '../lanes/run-lane.ts';
import type { LaneMessage, ThreadLinks } from '../lanes/road.ts';
import type { Route } from '../routes/route.ts';
import { toChatwootText } from './convert-to-chatwoot.ts';
import { openConversation } from './open-conversation.ts';

/** A file may take this long in each direction. */
const MEDIA_LEASE_MS = 150_000;

/** WhatsApp → Chatwoot, one message: a known contact's text is one call. */
export async function postToChatwoot(route: Route, task: DeliveryTask): Promise<Delivery> {
  if (!route.inbox) return { ok: false, failure: notLinked };
  let links: ThreadLinks | undefined;
  const opened = await openConversation(route.inbox, task, (learnt) => (links = learnt));
  if (!opened.ok) return { ok: false, failure: opened.failure, ...(links ? { thread: links } : {}) };

  const posted = await post(route, route.inbox, task, opened.value.conversationId);
  if (posted.ok) {
    const { id, wasThere } = posted.value;
    return { ok: true, settlement: { outcome: 'delivered', chatwootMessageId: id, ...(links ? { thread: links } : {}) }, wasThere };
  }
  if (posted.failure.kind === 'not-found' && !links) {
    // The conversation was deleted in Chatwoot: the next try finds or makes another. The contact may be gone as well.
    return {
      ok: false,
      failure: { ...posted.failure, retry: 'later', scope: 'message' },
      thread: { contactId: null, sourceId: task.thread.sourceId, conversationId: null },
    };
  }
  return { ok: false, failure: posted.failure, ...(links ? { thread: links } : {}) };
}

interface Posted {
  readonly id: number;
  readonly wasThere: boolean;
}

async function post(
  route: Route,
  inbox: NonNullable<Route['inbox']>,
  task: DeliveryTask,
  conversationId: number,
): Promise<Attempt<Posted>> {
  const { message } = task;
  const sourceId = `WAID:${message.gatewayId ?? message.id}`;
  if (task.askFirst) {
    const known = await inbox.client.findMessage(conversationId, sourceId);
    if (!known.ok) return known;
    if (known.value) return succeeded({ id: known.value.id, wasThere: true });
  }
  const { text, media } = toChatwootText(message);
  let attachment: NewMessage['attachment'];
  if (media) {
    if (!(await task.extend(MEDIA_LEASE_MS))) return failed(leaseEnded);
    const fetched = await route.session.fetchMedia(media.source);
    if (!fetched.ok) return missingFile(inbox, { conversationId, sourceId, text, message, failure: fetched.failure });
    attachment = attachmentOf(fetched.value, media);
  } else if (!task.mayStart()) {
    return failed(leaseEnded);
  }
  const made = await inbox.client.createMessage(conversationId, newMessage(message, sourceId, text, attachment));
  return made.ok ? succeeded({ id: made.value.id, wasThere: false }) : made;
}

/** A file that will never come does not take its message with it: the agent reads what it was. */
async function missingFile(
  inbox: NonNullable<Route['inbox']>,
  what: { conversationId: number; sourceId: string; text: string; message: LaneMessage; failure: DeliveryFailure },
): Promise<Attempt<Posted>> {
  const lastChance = what.failure.retry === 'never' || (what.failure.scope === 'message' && what.message.attempts >= 4);
  if (!lastChance) return failed(what.failure);
  const text = `[${String(what.message.content.media ?? 'file')}] ${what.text}`.trim();
  const made = await inbox.client.createMessage(what.conversationId, newMessage(what.message, what.sourceId, text, undefined));
  return made.ok ? succeeded({ id: made.value.id, wasThere: false }) : made;
}

function newMessage(message: LaneMessage, sourceId: string, text: string, attachment: NewMessage['attachment']): NewMessage {
  const reply = message.quoted?.chatwootMessageId
    ? { inReplyTo: { messageId: message.quoted.chatwootMessageId } }
    : message.quotedId
      ? { inReplyTo: { sourceId: `WAID:${message.quotedId}` } }
      : {};
  const ownDevice = message.origin === 'own-device';
  return {
    direction: ownDevice ? 'from-company' : 'from-contact',
    text,
    sourceId,
    ...reply,
    ...(ownDevice ? { externalEcho: true } : {}),
    ...(attachment ? { attachment } : {}),
  };
}

function attachmentOf(
  file: FetchedMedia,
  media: { fileName: string | null; mimeType: string | null; voice: boolean },
): NonNullable<NewMessage['attachment']> {
  const mimeType = (media.mimeType ?? file.mimeType).split(';')[0]?.trim() || 'application/octet-stream';
  const extension = /^[\w.+-]+\/([\w-]+)/.exec(mimeType)?.[1] ?? 'bin';
  return {
    fileName: media.fileName ?? file.fileName ?? `whatsapp.${extension === 'jpeg' ? 'jpg' : extension}`,
    mimeType,
    content: file.content,
    voice: media.voice,
  };
}

const notLinked: DeliveryFailure = {
  kind: 'not-connected',
  retry: 'later',
  certainty: 'not-sent',
  scope: 'peer',
  retryAfterMs: 30_000,
  detail: 'This instance is not linked to an inbox yet; its messages wait.',
};
