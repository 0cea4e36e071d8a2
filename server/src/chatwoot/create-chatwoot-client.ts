import { attachmentCalls } from './attachments.ts';
import { createCall, type ChatwootConnection } from './call-chatwoot.ts';
import type { ChatwootClient } from './chatwoot-client.ts';
import { contactCalls } from './contacts.ts';
import { conversationCalls } from './conversations.ts';
import { inboxCalls } from './inboxes.ts';
import { messageCalls } from './messages.ts';

export function createChatwootClient(connection: ChatwootConnection): ChatwootClient {
  const call = createCall(connection);
  const account = `/api/v1/accounts/${connection.chatwootAccountId}`;
  return {
    ...inboxCalls(call, account),
    ...contactCalls(call, account),
    ...conversationCalls(call, account),
    ...messageCalls(call, account),
    ...attachmentCalls(connection),
  };
}
