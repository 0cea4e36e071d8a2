export interface ChatwootAttachment {
  readonly id: number;
  readonly fileType: string;
  readonly url: string;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
}

/** What one delivery of Chatwoot means for the road. */
export type ChatwootEvent =
  | {
      readonly type: 'agent-message';
      readonly messageId: number;
      readonly conversationId: number;
      /** The contact inbox's source id: ours, or a random UUID when an agent started the conversation. */
      readonly sourceId: string | null;
      readonly contact: {
        readonly id: number;
        readonly name: string | null;
        readonly phone: string | null;
        readonly identifier: string | null;
      };
      /** Chatwoot Markdown, as stored there. */
      readonly text: string;
      readonly attachments: readonly ChatwootAttachment[];
      readonly inReplyTo: { readonly messageId: number | null; readonly sourceId: string | null } | null;
      readonly agentName: string | null;
      /** `template`: greeting, out of office, CSAT. */
      readonly template: boolean;
      readonly at: Date;
    }
  | { readonly type: 'message-deleted'; readonly messageId: number; readonly conversationId: number }
  | { readonly type: 'ignored'; readonly why: string }
  | { readonly type: 'unrecognised'; readonly why: string };

export interface ParsedChatwootWebhook {
  /** The same fact has the same key, also when an account webhook and an inbox webhook both report it. At most 200 characters. */
  readonly key: string;
  readonly event: ChatwootEvent;
}
