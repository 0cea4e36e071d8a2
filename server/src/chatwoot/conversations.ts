import { succeeded } from '#platform/outcome';
import { conversationAnswer, conversationListAnswer } from './answer-schemas.ts';
import type { CallChatwoot } from './call-chatwoot.ts';
import type { ChatwootClient } from './chatwoot-client.ts';

type ConversationCalls = Pick<ChatwootClient, 'listConversations' | 'createConversation'>;

export function conversationCalls(call: CallChatwoot, account: string): ConversationCalls {
  return {
    async listConversations(inboxId, contactId) {
      const answer = await call({
        method: 'GET',
        path: `${account}/contacts/${contactId}/conversations`,
        effect: 'repeatable',
        schema: conversationListAnswer,
      });
      if (!answer.ok) return answer;
      // Display ids only grow within an account; Chatwoot itself orders by last activity.
      const here = answer.value.filter((found) => found.inboxId === inboxId).map((found) => found.conversation);
      return succeeded(here.sort((a, b) => b.id - a.id));
    },

    createConversation: ({ inboxId, contactId, sourceId, status }) =>
      call({
        method: 'POST',
        path: `${account}/conversations`,
        body: { json: { inbox_id: inboxId, contact_id: contactId, source_id: sourceId, ...(status === undefined ? {} : { status }) } },
        effect: 'creates',
        schema: conversationAnswer,
      }),
  };
}
