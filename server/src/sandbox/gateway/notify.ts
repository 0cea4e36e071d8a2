import type { ChangeStream } from '../wire/change-stream.ts';
import type { WebhookSender } from '../wire/webhook-sender.ts';
import type { InstanceRow, MessageRow, Receipt } from './rows.ts';

/** Tells the instance's webhook and the sandbox page what happened. */
export interface Notify {
  message(instance: InstanceRow, message: MessageRow): void;
  /** What a later message did to this one: for the page alone. */
  changed(message: MessageRow): void;
  receipt(instance: InstanceRow, ids: readonly string[], receipt: Receipt, at: number): void;
  connection(instance: InstanceRow): void;
}

export function createNotify(sender: WebhookSender, changes: ChangeStream): Notify {
  function post(instance: InstanceRow, event: string, rest: object): void {
    if (instance.webhookUrl === null) return;
    const body = JSON.stringify({ event, instance: instance.id, token: instance.token, ...rest });
    sender.send({ url: instance.webhookUrl, body, lane: instance.id, headers: () => ({}) });
  }

  return {
    message(instance, message) {
      changes.send({ type: 'message', instance: instance.id, message: viewMessage(message) });
      post(instance, 'message', { message: asEvent(message) });
    },
    changed(message) {
      changes.send({ type: 'message', instance: message.instance, message: viewMessage(message) });
    },
    receipt(instance, ids, receipt, at) {
      changes.send({ type: 'receipt', instance: instance.id, ids, receipt });
      post(instance, 'receipt', { ids, receipt, at });
    },
    connection(instance) {
      changes.send({ type: 'connection', instance: instance.id, state: instance.state });
      post(instance, 'connection', { ...viewConnection(instance) });
    },
  };
}

/** Without what only the page knows. */
function asEvent(message: MessageRow): object {
  return { ...message, instance: undefined, receipt: undefined, edited: undefined, removed: undefined, reactions: undefined };
}

export const viewMessage = (message: MessageRow): object => ({ ...message, instance: undefined });

function viewConnection({ state, phone, qr, code }: InstanceRow): object {
  return { state, ...(phone === null ? {} : { phone }), ...(qr === null ? {} : { qr }), ...(code === null ? {} : { code }) };
}

export function viewInstance(instance: InstanceRow): object {
  return { id: instance.id, name: instance.name, phone: null, ...viewConnection(instance) };
}
