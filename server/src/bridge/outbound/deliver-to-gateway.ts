import { toWhatsAppMarks } from '#chatwoot';
import type { OutboundMedia, OutboundMessage } from '#provider-kit';
import { clientRef, gatewayMessageId, toAddress } from '#provider-kit';
import type { DeliveryFailure } from '#platform/outcome';
import { succeeded } from '#platform/outcome';
import { leaseEnded } from '../lanes/lease-ended.ts';
import type { Delivery, DeliveryTask } from '../lanes/run-lane.ts';
import type { Route } from '../routes/route.ts';
import type { OutboundContent } from './plan-delivery.ts';

const MEDIA_LEASE_MS = 150_000;

/** Chatwoot → WhatsApp, one message. One that may already have left is looked for before it is sent again. */
export async function deliverToGateway(route: Route, task: DeliveryTask): Promise<Delivery> {
  const { message, thread } = task;
  // Its echo came back while we did not know: it was sent.
  if (message.gatewayId) return { ok: true, settlement: { outcome: 'delivered', gatewayId: message.gatewayId }, wasThere: true };
  const to = toAddress(thread.address);
  if (!to) return { ok: false, failure: unaddressable };
  const content = message.content as unknown as OutboundContent;
  const outbound: OutboundMessage = {
    to,
    ref: clientRef(message.id),
    text: toWhatsAppMarks(content.text),
    ...(content.attachment ? { media: mediaOf(route, content.attachment) } : {}),
    ...(message.quotedId
      ? { quoted: { id: gatewayMessageId(message.quotedId), fromMe: message.quoted ? isOurs(message.quoted) : false, chat: to } }
      : {}),
  };
  if (task.askFirst && route.session.findSent) {
    const search = await route.session.findSent(outbound, new Date(message.createdAt));
    if (!search.ok) return { ok: false, failure: search.failure };
    if (search.value.found === 'yes') return { ok: true, settlement: { outcome: 'delivered', gatewayId: search.value.id }, wasThere: true };
  }
  if (content.attachment) {
    if (!(await task.extend(MEDIA_LEASE_MS))) return { ok: false, failure: leaseEnded };
  } else if (!task.mayStart()) {
    return { ok: false, failure: leaseEnded };
  }
  const sent = await route.session.send(outbound);
  if (!sent.ok) return { ok: false, failure: sent.failure };
  return { ok: true, settlement: { outcome: 'delivered', gatewayId: sent.value.id } };
}

const isOurs = (quoted: { direction: string; origin: string }): boolean =>
  quoted.direction === 'outbound' || quoted.origin === 'own-device';

function mediaOf(route: Route, attachment: NonNullable<OutboundContent['attachment']>): OutboundMedia {
  const fileName = attachment.fileName ?? nameFromUrl(attachment.url);
  const media = ({ image: 'image', video: 'video', audio: 'voice', file: 'document' } as const)[attachment.fileType] ?? 'document';
  return {
    media,
    fileName,
    mimeType: mimeOf(fileName, media),
    sizeBytes: attachment.sizeBytes,
    async open() {
      if (!route.inbox) return { ok: false, failure: noInbox };
      const file = await route.inbox.client.fetchAttachment(attachment.url);
      return file.ok ? succeeded(file.value.content) : file;
    },
  };
}

function nameFromUrl(url: string): string {
  const last = url.split(/[?#]/)[0]?.split('/').pop() ?? '';
  try {
    return decodeURIComponent(last) || 'file';
  } catch {
    return last || 'file';
  }
}

const MIME_BY_EXTENSION: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  '3gp': 'video/3gpp',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  wav: 'audio/wav',
  webm: 'audio/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  zip: 'application/zip',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const MIME_BY_MEDIA = { image: 'image/jpeg', video: 'video/mp4', voice: 'audio/ogg', document: 'application/octet-stream' } as const;

function mimeOf(fileName: string, media: keyof typeof MIME_BY_MEDIA): string {
  return MIME_BY_EXTENSION[fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()] ?? MIME_BY_MEDIA[media];
}

const unaddressable: DeliveryFailure = {
  kind: 'not-on-whatsapp',
  retry: 'never',
  certainty: 'not-sent',
  scope: 'message',
  detail: 'This contact has no WhatsApp address: neither a phone number nor an identifier that is one.',
};

const noInbox: DeliveryFailure = {
  kind: 'not-found',
  retry: 'never',
  certainty: 'not-sent',
  scope: 'message',
  detail: 'The inbox of this file is no longer linked.',
};
