import { now, type Context } from './context.ts';
import type { ConversationRow, ConversationStatus } from './rows.ts';

export function changeStatus(context: Context, conversation: ConversationRow, status: ConversationStatus): void {
  if (conversation.status === status) return;
  const previous = conversation.status;
  conversation.status = status;
  conversation.updatedAt = now(context);
  context.world.keepConversation(conversation);
  // In this event Chatwoot's `changed_attributes` is always null; the parallel update carries the values.
  context.notify.conversation('conversation_status_changed', conversation, null);
  context.notify.conversation('conversation_updated', conversation, [{ status: { previous_value: previous, current_value: status } }]);
}
