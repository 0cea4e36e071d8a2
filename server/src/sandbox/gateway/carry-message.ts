import { contentHash } from '../wire/journal.ts';
import { now, type Context } from './context.ts';
import { RECEIPTS, type InstanceRow, type MediaRow, type MessageRow, type Receipt } from './rows.ts';
import { newFileId } from './world.ts';

export interface OfferedFile {
  readonly mimeType: string;
  readonly fileName: string;
  readonly bytes: Buffer;
}

export async function storeFile(context: Context, { mimeType, fileName, bytes }: OfferedFile): Promise<MediaRow> {
  const media = { id: newFileId(), mimeType, fileName, sizeBytes: bytes.length };
  await context.blobs.put({ id: media.id, fileName, contentType: mimeType, sizeBytes: bytes.length }, bytes);
  return media;
}

/** Keeps the message and tells of it. What it does to an earlier one shows on the page. */
export function carryMessage(context: Context, instance: InstanceRow, message: MessageRow, content: string | Buffer): void {
  const { world, journal } = context;
  world.addMessage(message);
  applyToTarget(context, message);
  journal.append({
    at: message.at,
    kind: message.viaApi ? 'sent' : message.fromMe ? 'own-phone' : 'customer',
    chat: message.chat,
    id: message.id,
    ref: message.ref ?? null,
    hash: contentHash(content),
    note: instance.id,
  });
  if (!message.viaApi || context.echoSends) context.notify.message(instance, message);
}

function applyToTarget(context: Context, message: MessageRow): void {
  const target = message.targetId === undefined ? undefined : context.world.message(message.instance, message.targetId);
  if (target === undefined) return;
  if (message.kind === 'edit' && message.text !== undefined) Object.assign(target, { text: message.text, edited: true });
  else if (message.kind === 'removal') target.removed = true;
  else if (message.kind === 'reaction')
    target.reactions = { ...target.reactions, [message.fromMe ? 'me' : (message.author?.address ?? message.chat)]: message.emoji ?? '' };
  context.world.keepMessage(target);
  context.notify.changed(target);
}

/** Receipts only go up; each message tells of a step once. */
export function giveReceipt(context: Context, instance: InstanceRow, messages: readonly MessageRow[], receipt: Receipt): void {
  const rank = (step: Receipt | null): number => (step === null ? -1 : RECEIPTS.indexOf(step));
  const moved = messages.filter((message) => rank(message.receipt) < rank(receipt));
  if (moved.length === 0) return;
  for (const message of moved) {
    message.receipt = receipt;
    context.world.keepMessage(message);
  }
  context.notify.receipt(
    instance,
    moved.map((message) => message.id),
    receipt,
    now(context),
  );
}

export function planReceipts(context: Context, instance: InstanceRow, message: MessageRow): void {
  const { receipts } = context;
  if (receipts === null) return;
  context.later(receipts.sentAfterMs, () => giveReceipt(context, instance, [message], 'sent'));
  context.later(receipts.deliveredAfterMs, () => giveReceipt(context, instance, [message], 'delivered'));
}
