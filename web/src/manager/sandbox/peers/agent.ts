import { queryOptions, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { changeShown, withRow } from '../../../api/change-shown.ts';
import type { Peer } from './peer.ts';
import type { OutgoingFile } from './phone.ts';

export const MESSAGE_TYPE = { incoming: 0, outgoing: 1, activity: 2, template: 3 } as const;

export interface AgentAttachment {
  readonly id: number;
  readonly file_type: 'image' | 'video' | 'audio' | 'file';
  readonly data_url: string;
  readonly file_size: number;
}

/** As Chatwoot shows it. */
export interface AgentMessage {
  readonly id: number;
  readonly content: string | null;
  readonly conversation_id: number;
  readonly message_type: number;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly content_attributes: Readonly<Record<string, unknown>>;
  /** Unix seconds. */
  readonly created_at: number;
  readonly private: boolean;
  readonly sender: { readonly name?: string } | null;
  readonly attachments?: readonly AgentAttachment[];
}

export type ConversationStatus = 'open' | 'resolved' | 'pending' | 'snoozed';

export interface Conversation {
  readonly id: number;
  readonly status: ConversationStatus;
  readonly unread_count: number;
  readonly last_activity_at: number;
  readonly last_non_activity_message: AgentMessage | null;
  readonly meta: { readonly sender: { readonly name: string; readonly phone_number: string | null } | null };
}

/** The agent's side: one account of the pretend Chatwoot. */
export interface Agent {
  readonly peer: Peer;
  readonly accountId: number;
}

interface Listed<Row> {
  readonly payload: readonly Row[];
}

const inAccount = (agent: Agent): string => `/accounts/${agent.accountId}/conversations`;
const messagesKey = (agent: Agent, conversationId: number) => ['agent', agent.accountId, 'messages', conversationId] as const;

export const askConversations = (agent: Agent) =>
  queryOptions({
    queryKey: ['agent', agent.accountId, 'conversations'] as const,
    queryFn: async ({ signal }) => (await agent.peer.ask<Listed<Conversation>>(inAccount(agent), signal)).payload,
  });

export const askMessages = (agent: Agent, conversationId: number) =>
  queryOptions({
    queryKey: messagesKey(agent, conversationId),
    queryFn: async ({ signal }) =>
      (await agent.peer.ask<Listed<AgentMessage>>(`${inAccount(agent)}/${conversationId}/messages`, signal)).payload,
    staleTime: Infinity,
  });

export interface Answer {
  readonly text?: string;
  readonly private?: boolean;
  readonly inReplyTo?: number;
  readonly file?: OutgoingFile;
}

export const answerCustomer = (agent: Agent, conversationId: number, answer: Answer): Promise<AgentMessage> =>
  agent.peer.tell('POST', `${inAccount(agent)}/${conversationId}/messages`, answer);

export const changeStatus = (agent: Agent, conversationId: number, status: ConversationStatus): Promise<Conversation> =>
  agent.peer.tell('POST', `${inAccount(agent)}/${conversationId}/status`, { status });

export const markSeen = (agent: Agent, conversationId: number): Promise<Conversation> =>
  agent.peer.tell('POST', `${inAccount(agent)}/${conversationId}/seen`, {});

export function keepMessage(queries: QueryClient, agent: Agent, message: AgentMessage): void {
  changeShown<readonly AgentMessage[]>(queries, messagesKey(agent, message.conversation_id), (shown) =>
    withRow(shown, message, (a, b) => a.id - b.id),
  );
}

/** What the pretend Chatwoot tells this page. */
export function useAgentEvents(agent: Agent): (type: string, data: unknown) => void {
  const queries = useQueryClient();
  return useCallback(
    (_type, data) => {
      const { accountId, message } = data as { readonly accountId: number; readonly message?: AgentMessage };
      if (accountId !== agent.accountId) return;
      if (message !== undefined) keepMessage(queries, agent, message);
      void queries.invalidateQueries({ queryKey: askConversations(agent).queryKey });
    },
    [queries, agent],
  );
}

/** Where an attachment lies, without the redirect and the host that Chatwoot puts in front. */
export function filePathOf({ data_url: address }: AgentAttachment): string {
  return address.slice(address.indexOf('/rails/')).replace('/blobs/redirect/', '/disk/');
}

export function fileNameOf({ data_url: address }: AgentAttachment): string {
  return decodeURIComponent(address.slice(address.lastIndexOf('/') + 1));
}
