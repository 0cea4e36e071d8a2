import { createSandboxChatwoot, listen } from '../../server/src/sandbox/index.ts';

export interface DeskAttachment {
  readonly file_type: string;
  readonly content_type: string;
  readonly file_size: number;
  readonly data_url: string;
}

/** A message as Chatwoot's API shows it. `message_type` 0: from the contact, 1: from the company. */
export interface DeskMessage {
  readonly id: number;
  readonly content: string | null;
  readonly inbox_id: number;
  readonly conversation_id: number;
  readonly message_type: number;
  readonly status: string;
  readonly private: boolean;
  readonly source_id: string | null;
  readonly content_attributes: Readonly<Record<string, unknown>>;
  readonly attachments?: readonly DeskAttachment[];
}

export interface DeskConversation {
  readonly id: number;
  readonly inbox_id: number;
  readonly meta: {
    readonly sender: {
      readonly id: number;
      readonly name: string;
      readonly phone_number: string | null;
      readonly identifier: string | null;
    };
  };
}

export interface AgentDraft {
  readonly text?: string;
  readonly private?: boolean;
  readonly inReplyTo?: number;
  readonly file?: { readonly fileName: string; readonly mimeType: string; readonly base64: string };
}

/** The agent's side of a sandbox Chatwoot. */
export interface Desk {
  conversations(): Promise<readonly DeskConversation[]>;
  messages(conversationId: number): Promise<readonly DeskMessage[]>;
  write(conversationId: number, draft: AgentDraft): Promise<DeskMessage>;
}

export function openDesk(url: string, uiKey: string, account = 1): Desk {
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}/ui/accounts/${account}${path}`, {
      method,
      headers: { 'x-sandbox-ui': uiKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return (await answer.json()) as Answer;
  };
  return {
    conversations: async () => (await ask<{ payload: DeskConversation[] }>('GET', '/conversations')).payload,
    messages: async (id) => (await ask<{ payload: DeskMessage[] }>('GET', `/conversations/${id}/messages`)).payload,
    write: (id, draft) => ask('POST', `/conversations/${id}/messages`, draft),
  };
}

export async function fileAt(url: string): Promise<Buffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the file answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

const TOKEN = 'desk-administrator-token';
const UI_KEY = 'desk-ui-key';

/** A Chatwoot of the test's own, in this process. */
export async function startChatwoot() {
  let url = '';
  const chatwoot = createSandboxChatwoot({
    baseUrl: () => url,
    accounts: [{ id: 1, name: 'Loja', token: TOKEN, agentName: 'Bia' }],
    uiKey: UI_KEY,
    floodLimitPerMinute: null,
    // What an agent writes reaches the Hub in that order: these tests are not about webhooks that overtake each other.
    ordered: true,
  });
  const running = await listen(chatwoot.handle);
  url = running.url;
  return {
    url,
    /** For a Chatwoot link. */
    link: { baseUrl: url, chatwootAccountId: 1, token: TOKEN },
    desk: openDesk(url, UI_KEY),
    /** An inbox that was there before the Hub. */
    async makeInbox(name: string): Promise<{ readonly id: number; readonly webhook_url: string | null }> {
      const answer = await fetch(`${url}/api/v1/accounts/1/inboxes`, {
        method: 'POST',
        headers: { 'api-access-token': TOKEN, 'content-type': 'application/json' },
        body: JSON.stringify({ name, channel: { type: 'api', webhook_url: '' } }),
      });
      return (await answer.json()) as { id: number; webhook_url: string | null };
    },
    async webhookOf(inboxId: number): Promise<string | null> {
      const answer = await fetch(`${url}/api/v1/accounts/1/inboxes/${inboxId}`, { headers: { 'api-access-token': TOKEN } });
      return ((await answer.json()) as { webhook_url: string | null }).webhook_url;
    },
    async close() {
      await running.close();
      await chatwoot.close();
    },
  };
}
