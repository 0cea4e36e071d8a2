import type { Chat, ParsedWebhook, ProviderEvent } from '../events.ts';
import { toAddress } from '../ids.ts';

/** What is wrong with an answer of `parseWebhook`, whatever it was given. Empty when it keeps the kit's promises. */
export function problemsOf(parsed: ParsedWebhook): readonly string[] {
  const problems: string[] = [];
  if (!/^[\x21-\x7e]{1,200}$/.test(parsed.key)) problems.push(`key ${JSON.stringify(parsed.key)} is empty, too long or not printable`);
  if ('unrecognised' in parsed.events) {
    if (parsed.events.unrecognised.length === 0 || parsed.events.unrecognised.length > 300)
      problems.push('unrecognised needs a short reason');
    return problems;
  }
  if (!Array.isArray(parsed.events) || parsed.events.length === 0) problems.push('no event, and not unrecognised');
  return [...problems, ...parsed.events.flatMap(problemsOfEvent)];
}

function problemsOfEvent(event: ProviderEvent): readonly string[] {
  const problems: string[] = [];
  if ('at' in event && Number.isNaN(event.at.getTime())) problems.push('at is no time');
  if ('chat' in event) problems.push(...problemsOfChat(event.chat));
  if ('origin' in event && event.origin !== 'contact' && event.chat.name !== undefined)
    problems.push('a name on an event that is not from a contact');
  if ('author' in event && event.author !== undefined && event.chat.kind !== 'group') problems.push('an author outside a group');
  for (const id of idsOf(event)) if (!isId(id)) problems.push(`id ${JSON.stringify(id).slice(0, 80)} is empty, too long or not printable`);
  if (event.type === 'receipt' && event.ids.length === 0) problems.push('a receipt for nothing');
  if (event.type === 'removed' && event.targetIds.length === 0) problems.push('a removal of nothing');
  if (event.type === 'message') problems.push(...problemsOfContent(event.content));
  if (event.type === 'connection' && (event.report.reason?.length ?? 0) > 200) problems.push('reason longer than 200');
  if (event.type === 'connection' && event.report.phone !== undefined && !/^\d{6,18}$/.test(event.report.phone))
    problems.push('phone is not digits');
  if (event.type === 'connection' && event.report.qr?.startsWith('data:image/') === false) problems.push('qr is no data URI');
  return problems;
}

function problemsOfChat(chat: Chat): readonly string[] {
  const problems = chat.addresses
    .filter((address) => toAddress(address) !== address)
    .map((address) => `address ${address} is not normalised`);
  if (chat.addresses.length === 0) problems.push('a chat without an address');
  if (new Set(chat.addresses).size !== chat.addresses.length) problems.push('an address twice');
  return problems;
}

function problemsOfContent(content: Extract<ProviderEvent, { type: 'message' }>['content']): readonly string[] {
  if (content.kind === 'text') return content.text === '' ? ['a text without text'] : [];
  if (content.kind === 'media') return JSON.stringify(content.source).length > 8192 ? ['media source above 8 KB'] : [];
  const problems: string[] = [];
  if (!/^[a-z][a-z-]{1,40}$/.test(content.of)) problems.push(`notice of ${content.of}`);
  if (content.text === '' || content.text.length > 500 || /[\r\n]/.test(content.text)) problems.push('a notice that is not one short line');
  return problems;
}

const isId = (id: string): boolean => /^[\x21-\x7e]{1,200}$/.test(id);

function idsOf(event: ProviderEvent): readonly string[] {
  switch (event.type) {
    case 'message':
      return [
        event.id,
        ...(event.quotedId === undefined ? [] : [event.quotedId]),
        ...(event.clientRef === undefined ? [] : [event.clientRef]),
      ];
    case 'edit':
    case 'reaction':
    case 'removal':
      return [event.targetId];
    case 'removed':
      return event.targetIds;
    case 'receipt':
      return event.ids;
    case 'call':
      return [event.id];
    default:
      return [];
  }
}
