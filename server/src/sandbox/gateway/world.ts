import { randomBytes } from 'node:crypto';
import type { Records, Table } from '../wire/records.ts';
import type { InstanceRow, MessageRow } from './rows.ts';

export interface World {
  readonly instances: Table<InstanceRow>;
  addInstance(name: string, webhookUrl: string | null): InstanceRow;
  removeInstance(id: string): void;
  message(instance: string, id: string): MessageRow | undefined;
  messagesByRef(instance: string, ref: string): readonly MessageRow[];
  /** Chat address → its messages, oldest first. */
  chatsOf(instance: string): ReadonlyMap<string, readonly MessageRow[]>;
  allMessages(): Iterable<MessageRow>;
  addMessage(message: MessageRow): void;
  keepMessage(message: MessageRow): void;
}

export const newMessageId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;
export const newFileId = (): string => randomBytes(16).toString('hex');

export function openWorld(records: Records, limits: { readonly maxMessages: number }): World {
  const instances = records.table<InstanceRow>('instances');
  const messages = records.table<MessageRow>('messages');
  const chats = new Map<string, Map<string, MessageRow[]>>();
  const byRef = new Map<string, MessageRow[]>();
  const keyOf = (instance: string, id: string): string => `${instance}|${id}`;

  function index(message: MessageRow): void {
    const here = chats.get(message.instance) ?? new Map<string, MessageRow[]>();
    chats.set(message.instance, here);
    const chat = here.get(message.chat) ?? [];
    here.set(message.chat, chat);
    chat.push(message);
    if (message.ref === undefined) return;
    const refKey = keyOf(message.instance, message.ref);
    byRef.set(refKey, [...(byRef.get(refKey) ?? []), message]);
  }

  function forget(message: MessageRow): void {
    messages.remove(keyOf(message.instance, message.id));
    if (message.ref !== undefined) byRef.delete(keyOf(message.instance, message.ref));
    const chat = chats.get(message.instance)?.get(message.chat);
    if (chat?.[0] === message) chat.shift();
  }

  for (const message of messages.rows.values()) index(message);

  return {
    instances,
    addInstance(name, webhookUrl) {
      const row: InstanceRow = {
        id: randomBytes(8).toString('hex'),
        name,
        token: randomBytes(24).toString('base64url'),
        state: 'disconnected',
        phone: null,
        qr: null,
        code: null,
        webhookUrl,
      };
      instances.put(row.id, row);
      return row;
    },
    removeInstance(id) {
      for (const chat of chats.get(id)?.values() ?? []) for (const message of chat.slice()) forget(message);
      chats.delete(id);
      instances.remove(id);
    },
    message: (instance, id) => messages.get(keyOf(instance, id)),
    messagesByRef: (instance, ref) => byRef.get(keyOf(instance, ref)) ?? [],
    chatsOf: (instance) => chats.get(instance) ?? new Map<string, MessageRow[]>(),
    allMessages: () => messages.rows.values(),
    addMessage(message) {
      messages.put(keyOf(message.instance, message.id), message);
      index(message);
      if (messages.rows.size <= limits.maxMessages) return;
      const [oldest] = messages.rows.values();
      if (oldest !== undefined) forget(oldest);
    },
    keepMessage: (message) => messages.put(keyOf(message.instance, message.id), message),
  };
}
