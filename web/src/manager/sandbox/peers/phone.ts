import { queryOptions, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { changeShown, withRow } from '../../../api/change-shown.ts';
import type { Peer } from './peer.ts';

/** One message on the phone. `fromMe`: the company sent it; otherwise the customer did. */
export interface PhoneMessage {
  readonly id: string;
  readonly chat: string;
  readonly fromMe: boolean;
  readonly name?: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly kind: string;
  readonly text?: string;
  readonly media?: { readonly id: string; readonly mimeType: string; readonly fileName: string; readonly sizeBytes: number };
  readonly quotedId?: string;
  readonly receipt: 'sent' | 'delivered' | 'read' | 'failed' | null;
  readonly edited?: boolean;
  readonly removed?: boolean;
  readonly reactions?: Readonly<Record<string, string>>;
}

export interface Customer {
  readonly name: string;
  /** Digits, as WhatsApp names the person. */
  readonly phone: string;
}

/** Example people; the numbers belong to nobody. */
export const CUSTOMERS: readonly [Customer, ...Customer[]] = [
  { name: 'Ana Souza', phone: '5511990000002' },
  { name: 'Bruno Lima', phone: '5521990000003' },
  { name: 'Carla Mendes', phone: '5531990000004' },
];

export interface OutgoingFile {
  readonly fileName: string;
  readonly mimeType: string;
  readonly base64: string;
}

export interface TypedMessage {
  readonly kind: 'text' | 'image' | 'audio' | 'voice' | 'video' | 'document';
  readonly text?: string;
  readonly media?: OutgoingFile;
  readonly quotedId?: string;
}

/** The phone of every example customer, seen through the gateway that the company's number lives on. */
export interface Phone {
  readonly peer: Peer;
  readonly instance: string;
}

interface Listed<Row> {
  readonly payload: readonly Row[];
}

const addressOf = (customer: Customer): string => `${customer.phone}@s.whatsapp.net`;
const chatPath = (phone: Phone, customer: Customer): string => `/instances/${phone.instance}/chats/${customer.phone}`;
const chatKey = (phone: Phone, address: string) => ['phone', phone.instance, 'chat', address] as const;

export const askChat = (phone: Phone, customer: Customer) =>
  queryOptions({
    queryKey: chatKey(phone, addressOf(customer)),
    queryFn: async ({ signal }) => (await phone.peer.ask<Listed<PhoneMessage>>(`${chatPath(phone, customer)}/messages`, signal)).payload,
    staleTime: Infinity,
  });

export const askConnection = (phone: Phone) =>
  queryOptions({
    queryKey: ['phone', phone.instance, 'connection'] as const,
    queryFn: async ({ signal }) => {
      const { payload } = await phone.peer.ask<Listed<{ readonly id: string; readonly state: string; readonly phone: string | null }>>(
        '/instances',
        signal,
      );
      return payload.find((instance) => instance.id === phone.instance) ?? null;
    },
  });

export async function typeOnPhone(phone: Phone, customer: Customer, message: TypedMessage): Promise<PhoneMessage> {
  return phone.peer.tell('POST', `${chatPath(phone, customer)}/messages`, { ...message, name: customer.name });
}

export const confirmReading = (phone: Phone, customer: Customer): Promise<unknown> =>
  phone.peer.tell('POST', `${chatPath(phone, customer)}/read`, {});
export const scanQr = (phone: Phone): Promise<unknown> => phone.peer.tell('POST', `/instances/${phone.instance}/scan`, {});

/** Puts a message, or its new state, where the chat is shown. */
export function keepOnPhone(queries: QueryClient, phone: Phone, message: PhoneMessage): void {
  changeShown<readonly PhoneMessage[]>(queries, chatKey(phone, message.chat), (shown) => withRow(shown, message, (a, b) => a.at - b.at));
}

/** What the gateway tells this page. */
export function usePhoneEvents(phone: Phone): (type: string, data: unknown) => void {
  const queries = useQueryClient();
  return useCallback(
    (type, data) => {
      const change = data as {
        readonly instance: string;
        readonly message?: PhoneMessage;
        readonly ids?: readonly string[];
        readonly receipt?: PhoneMessage['receipt'];
      };
      if (change.instance !== phone.instance) return;
      if (type === 'message' && change.message !== undefined) keepOnPhone(queries, phone, change.message);
      if (type === 'connection') void queries.invalidateQueries({ queryKey: askConnection(phone).queryKey });
      const { ids, receipt } = change;
      if (type !== 'receipt' || ids === undefined || receipt === undefined) return;
      queries.setQueriesData<readonly PhoneMessage[]>({ queryKey: ['phone', phone.instance, 'chat'] }, (known) =>
        known?.map((message) => (ids.includes(message.id) ? { ...message, receipt } : message)),
      );
    },
    [queries, phone],
  );
}
