import type { FormPart, HttpBody } from '#platform/http';
import { failed, succeeded } from '#platform/outcome';
import { anyAnswer, messageAnswer, messageListAnswer } from './answer-schemas.ts';
import type { CallChatwoot } from './call-chatwoot.ts';
import type { ChatwootClient, NewMessage } from './chatwoot-client.ts';

type MessageCalls = Pick<ChatwootClient, 'createMessage' | 'findMessage' | 'setMessageStatus'>;

const UPLOAD_TIMEOUT_MS = 120_000;
/** Pages of 20 that `findMessage` reads at most: agents may have written since. */
const MOST_PAGES = 3;
const FULL_PAGE = 20;

export function messageCalls(call: CallChatwoot, account: string): MessageCalls {
  const messagesOf = (conversationId: number) => `${account}/conversations/${conversationId}/messages`;

  return {
    createMessage: (conversationId, message) =>
      call({
        method: 'POST',
        path: messagesOf(conversationId),
        body: message.attachment === undefined ? { json: fieldsOf(message) } : formOf(message, message.attachment),
        effect: 'creates',
        schema: messageAnswer,
        ...(message.attachment === undefined ? {} : { timeoutMs: UPLOAD_TIMEOUT_MS }),
      }),

    async findMessage(conversationId, sourceId) {
      let before: number | null = null;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const path: string = before === null ? messagesOf(conversationId) : `${messagesOf(conversationId)}?before=${before}`;
        const answer = await call({ method: 'GET', path, effect: 'repeatable', schema: messageListAnswer });
        if (!answer.ok) return answer;
        const { payload } = answer.value;
        const found = payload.find((message) => message.source_id === sourceId);
        if (found !== undefined) return succeeded({ id: found.id });
        if (payload.length < FULL_PAGE) break;
        before = Math.min(...payload.map((message) => message.id));
      }
      return succeeded(null);
    },

    async setMessageStatus(conversationId, messageId, status, error) {
      const answer = await call({
        method: 'PATCH',
        path: `${messagesOf(conversationId)}/${messageId}`,
        body: { json: { status, ...(error === undefined ? {} : { external_error: error }) } },
        effect: 'repeatable',
        schema: anyAnswer,
      });
      return answer.ok ? succeeded(undefined) : failed(answer.failure);
    },
  };
}

function fieldsOf(message: NewMessage) {
  return {
    content: message.text,
    message_type: message.direction === 'from-contact' ? 'incoming' : 'outgoing',
    private: message.private ?? false,
    source_id: message.sourceId,
    content_attributes: attributesOf(message),
  };
}

function attributesOf({ inReplyTo, externalEcho }: NewMessage): Record<string, unknown> {
  return {
    ...(inReplyTo === undefined
      ? {}
      : 'messageId' in inReplyTo
        ? { in_reply_to: inReplyTo.messageId }
        : { in_reply_to_external_id: inReplyTo.sourceId }),
    ...(externalEcho === true ? { external_echo: true } : {}),
  };
}

function formOf(message: NewMessage, attachment: NonNullable<NewMessage['attachment']>): HttpBody {
  const fields = fieldsOf(message);
  const form: FormPart[] = [
    { name: 'content', value: fields.content },
    { name: 'message_type', value: fields.message_type },
    { name: 'private', value: String(fields.private) },
    { name: 'source_id', value: fields.source_id },
    // In a form Chatwoot reads this field as a JSON string.
    { name: 'content_attributes', value: JSON.stringify(fields.content_attributes) },
    ...(attachment.voice ? [{ name: 'is_voice_message', value: 'true' }] : []),
    { name: 'attachments[]', fileName: attachment.fileName, contentType: attachment.mimeType, content: attachment.content },
  ];
  return { form };
}
