import type { Ask } from '../running-peers.fixture.ts';

export const MARIA = { source_id: '5511988887777@s.whatsapp.net', name: 'Maria', phone_number: '+5511988887777' };

/** For tests: an inbox, a contact and a conversation, made over the wire. */
export async function conversationOfMaria(api: Ask, webhookUrl = '') {
  const inbox = (await api('POST', '/inboxes', { name: 'WhatsApp', channel: { type: 'api', webhook_url: webhookUrl } })).json as {
    readonly id: number;
    readonly secret: string;
  };
  const made = (await api('POST', '/contacts', { inbox_id: inbox.id, ...MARIA })).json as {
    readonly payload: { readonly contact: { readonly id: number } };
  };
  const { contact } = made.payload;
  const start = { inbox_id: inbox.id, contact_id: contact.id, source_id: MARIA.source_id };
  const conversation = (await api('POST', '/conversations', start)).json as { readonly id: number };
  const messages = `/conversations/${conversation.id}/messages`;
  const incoming = (text: string) => api('POST', messages, { content: text, message_type: 'incoming', source_id: `WAID:${text}` });
  const shown = async (query = ''): Promise<Shown[]> => ((await api('GET', `${messages}${query}`)).json as { payload: Shown[] }).payload;
  return { inbox, contact, conversation, start, messages, incoming, shown, page: `/ui/accounts/1/conversations/${conversation.id}` };
}

export interface Shown {
  readonly id: number;
  readonly content: string;
  readonly status: string;
  readonly source_id: string | null;
  readonly content_attributes: Readonly<Record<string, unknown>>;
  readonly attachments?: readonly { readonly data_url: string; readonly file_type: string; readonly file_size: number }[];
}
