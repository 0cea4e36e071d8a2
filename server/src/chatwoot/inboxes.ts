import { succeeded } from '#platform/outcome';
import { inboxAnswer, inboxListAnswer, profileAnswer } from './answer-schemas.ts';
import type { CallChatwoot } from './call-chatwoot.ts';
import type { ChatwootClient } from './chatwoot-client.ts';

type InboxCalls = Pick<ChatwootClient, 'profile' | 'listInboxes' | 'getInbox' | 'createApiInbox' | 'setInboxWebhook'>;

export function inboxCalls(call: CallChatwoot, account: string): InboxCalls {
  return {
    profile: () => call({ method: 'GET', path: '/api/v1/profile', effect: 'repeatable', schema: profileAnswer }),

    async listInboxes() {
      const answer = await call({ method: 'GET', path: `${account}/inboxes`, effect: 'repeatable', schema: inboxListAnswer });
      return answer.ok ? succeeded(answer.value.payload) : answer;
    },

    getInbox: (inboxId) => call({ method: 'GET', path: `${account}/inboxes/${inboxId}`, effect: 'repeatable', schema: inboxAnswer }),

    createApiInbox: ({ name, webhookUrl }) =>
      call({
        method: 'POST',
        path: `${account}/inboxes`,
        body: { json: { name, channel: { type: 'api', webhook_url: webhookUrl } } },
        effect: 'creates',
        schema: inboxAnswer,
      }),

    setInboxWebhook: (inboxId, webhookUrl) =>
      call({
        method: 'PATCH',
        path: `${account}/inboxes/${inboxId}`,
        body: { json: { channel: { webhook_url: webhookUrl } } },
        effect: 'repeatable',
        schema: inboxAnswer,
      }),
  };
}
