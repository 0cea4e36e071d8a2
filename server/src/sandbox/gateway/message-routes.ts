import { z } from 'zod';
import type { Reply, Routes } from '../wire/router.ts';
import { carryMessage, planReceipts, storeFile } from './carry-message.ts';
import { now, type Context } from './context.ts';
import { forInstance, invalid, NOT_FOUND } from './instance-routes.ts';
import type { MessageRow } from './rows.ts';
import { newMessageId } from './world.ts';

export const LONGEST_TEXT = 65_536;
export const LONGEST_BASE64 = 140 * 1024 * 1024;
export const ADDRESS = /^[\w.-]{1,64}@(s\.whatsapp\.net|lid|g\.us)$/;

const sendBody = z.object({
  to: z.string().regex(ADDRESS),
  ref: z.string().min(1).max(200).optional(),
  text: z.string().max(LONGEST_TEXT).optional(),
  media: z
    .object({
      kind: z.enum(['image', 'video', 'audio', 'voice', 'document', 'sticker']),
      mimeType: z.string().max(120),
      fileName: z.string().max(255),
      base64: z.string().max(LONGEST_BASE64),
    })
    .optional(),
  quotedId: z.string().max(100).optional(),
});

export const notConnected: Reply = { status: 409, json: { error: 'not connected' } };

export function messageRoutes(context: Context, adminKey: string): Routes {
  const { world, faults } = context;

  return {
    'POST /instances/:instance/messages': forInstance(context, adminKey, async (call, instance) => {
      const body = sendBody.safeParse(await call.json());
      if (!body.success) return invalid(body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
      const { to, ref, text, media: offered, quotedId } = body.data;
      if (text === undefined && offered === undefined) return invalid('a text or a file is needed');
      if (instance.state !== 'connected') return notConnected;
      const phone = to.split('@')[0] ?? '';
      if (faults.failsFor(to, phone, `+${phone}`)) return { status: 500, json: { error: 'planned fault' } };
      if (context.strangers.has(phone)) return { status: 422, json: { error: 'not on whatsapp' } };

      const bytes = offered === undefined ? null : Buffer.from(offered.base64, 'base64');
      const media = offered === undefined || bytes === null ? null : await storeFile(context, { ...offered, bytes });
      const message: MessageRow = {
        id: newMessageId(),
        instance: instance.id,
        chat: to,
        fromMe: true,
        viaApi: true,
        at: now(context),
        kind: offered?.kind ?? 'text',
        receipt: null,
        ...(ref === undefined ? {} : { ref }),
        ...(text === undefined ? {} : { text }),
        ...(media === null ? {} : { media }),
        ...(quotedId === undefined ? {} : { quotedId }),
      };
      carryMessage(context, instance, message, bytes === null ? (text ?? '') : Buffer.concat([Buffer.from(text ?? ''), bytes]));
      planReceipts(context, instance, message);
      return { status: 201, json: { id: message.id } };
    }),

    'GET /instances/:instance/messages': forInstance(context, adminKey, (call, instance) => {
      const ref = call.query.get('ref');
      if (ref === null) return invalid('ref is needed');
      return { status: 200, json: world.messagesByRef(instance.id, ref).map(({ id }) => ({ id })) };
    }),

    'GET /instances/:instance/media/:media': forInstance(context, adminKey, (call) => mediaReply(context, call.params['media'] ?? '')),
  };
}

export async function mediaReply(context: Context, id: string): Promise<Reply> {
  const found = await context.blobs.get(id);
  if (found === null) return NOT_FOUND;
  return {
    status: 200,
    bytes: found.bytes,
    headers: {
      'content-type': found.blob.contentType,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.blob.fileName)}`,
      'x-content-type-options': 'nosniff',
    },
  };
}
