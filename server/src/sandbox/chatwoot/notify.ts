import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '#platform/clock';
import type { ChangeStream } from '../wire/change-stream.ts';
import type { WebhookSender } from '../wire/webhook-sender.ts';
import type { ConversationRow, MessageRow } from './rows.ts';
import type { Show } from './show.ts';
import type { Payloads } from './webhook-payloads.ts';
import type { World } from './world.ts';

/** Tells the world outside what changed: the inbox's webhook and the sandbox page. */
export interface Notify {
  message(event: 'message_created' | 'message_updated', message: MessageRow): void;
  conversation(
    event: 'conversation_created' | 'conversation_updated' | 'conversation_status_changed',
    conversation: ConversationRow,
    changed?: unknown,
  ): void;
}

interface NotifyParts {
  readonly world: World;
  readonly show: Show;
  readonly payloads: Payloads;
  readonly sender: WebhookSender;
  readonly changes: ChangeStream;
  readonly clock: Clock;
  /** Chatwoot marks the message failed when its webhook did not arrive. */
  readonly undelivered: (message: MessageRow, error: string) => void;
}

export function createNotify({ world, show, payloads, sender, changes, clock, undelivered }: NotifyParts): Notify {
  function post(inboxId: number, makeBody: () => unknown, message: MessageRow | null): void {
    const inbox = world.inboxes.get(inboxId);
    if (!inbox?.webhookUrl) return;
    const body = JSON.stringify(makeBody());
    // Made when the event is queued, so that a second attempt would carry the same one.
    const delivery = randomUUID();
    sender.send({
      url: inbox.webhookUrl,
      body,
      lane: String(inboxId),
      headers: () => {
        const timestamp = String(Math.floor(clock.now().getTime() / 1_000));
        const signature = createHmac('sha256', inbox.secret).update(`${timestamp}.${body}`).digest('hex');
        return { 'x-chatwoot-delivery': delivery, 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': `sha256=${signature}` };
      },
      settled: (outcome) => {
        if (!outcome.delivered && message !== null) undelivered(message, outcome.error);
      },
    });
  }

  return {
    message(event, message) {
      changes.send({ type: event, accountId: message.accountId, conversationId: message.conversationId, message: show.message(message) });
      // Activity lines stay inside Chatwoot.
      if (message.messageType !== 'activity') post(message.inboxId, () => payloads.message(event, message), message);
    },
    conversation(event, conversation, changed) {
      changes.send({ type: event, accountId: conversation.accountId, conversationId: conversation.displayId, status: conversation.status });
      post(conversation.inboxId, () => payloads.conversation(event, conversation, changed), null);
    },
  };
}
