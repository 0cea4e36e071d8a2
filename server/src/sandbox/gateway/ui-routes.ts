import { z } from 'zod';
import type { Call, Handler, Reply, Routes } from '../wire/router.ts';
import { carryMessage, giveReceipt, storeFile } from './carry-message.ts';
import { completePairing, logOut } from './change-connection.ts';
import { now, type Context } from './context.ts';
import { invalid, NOT_FOUND } from './instance-routes.ts';
import { ADDRESS, LONGEST_BASE64, LONGEST_TEXT, mediaReply, notConnected } from './message-routes.ts';
import { viewInstance, viewMessage } from './notify.ts';
import { KINDS, RECEIPTS, type InstanceRow, type MessageRow } from './rows.ts';
import { newMessageId } from './world.ts';

const address = z.string().regex(ADDRESS);
const name = z.string().max(120);

const typedMessage = z.object({
  kind: z.enum(KINDS).default('text'),
  text: z.string().max(LONGEST_TEXT).optional(),
  media: z.object({ mimeType: z.string().max(120), fileName: z.string().max(255), base64: z.string().max(LONGEST_BASE64) }).optional(),
  quotedId: z.string().max(100).optional(),
  targetId: z.string().max(100).optional(),
  /** Empty takes a reaction back. */
  emoji: z.string().max(40).optional(),
  /** The customer's own name. */
  name: name.optional(),
  lid: address.optional(),
  group: z.object({ id: address, name }).optional(),
  author: z.object({ address, name }).optional(),
  /** Typed on the company's own phone. */
  fromMe: z.boolean().default(false),
});

/** The phone's side of the sandbox page: one can type on the customer's phone and on the company's own. */
export function uiRoutes(context: Context): Routes {
  const { world } = context;

  const one =
    (handler: (call: Call, instance: InstanceRow) => Reply | Promise<Reply>): Handler =>
    (call) => {
      const instance = world.instances.get(call.params['instance'] ?? '');
      return instance === undefined ? NOT_FOUND : handler(call, instance);
    };
  const chatOf = (call: Call): string | null => {
    const raw = call.params['chat'] ?? '';
    const whole = /^\+?\d{6,15}$/.test(raw) ? `${raw.replace('+', '')}@s.whatsapp.net` : raw;
    return ADDRESS.test(whole) ? whole : null;
  };

  return {
    'GET /ui/instances': () => ({ status: 200, json: { payload: [...world.instances.rows.values()].map(viewInstance) } }),

    'POST /ui/instances/:instance/scan': one(async (call, instance) => {
      const body = z
        .object({
          phone: z
            .string()
            .regex(/^\d{6,15}$/)
            .nullish(),
        })
        .safeParse(await call.json());
      if (!body.success) return invalid('phone must be digits');
      completePairing(context, instance, body.data.phone ?? null);
      return { status: 200, json: viewInstance(instance) };
    }),

    'POST /ui/instances/:instance/unlink': one((_call, instance) => {
      logOut(context, instance);
      return { status: 200, json: viewInstance(instance) };
    }),

    'GET /ui/instances/:instance/chats': one((_call, instance) => {
      const chats = [...world.chatsOf(instance.id)].flatMap(([chat, messages]) => {
        const last = messages.at(-1);
        return last === undefined ? [] : [{ chat, name: messages.findLast((message) => message.name !== undefined)?.name ?? null, last }];
      });
      const newest = chats.sort((a, b) => b.last.at - a.last.at).slice(0, 200);
      return {
        status: 200,
        json: { payload: newest.map(({ chat, name: shown, last }) => ({ chat, name: shown, last: viewMessage(last) })) },
      };
    }),

    'GET /ui/instances/:instance/chats/:chat/messages': one((call, instance) => {
      const messages = world.chatsOf(instance.id).get(chatOf(call) ?? '') ?? [];
      return { status: 200, json: { payload: messages.slice(-200).map(viewMessage) } };
    }),

    'POST /ui/instances/:instance/chats/:chat/messages': one(async (call, instance) => {
      const chat = chatOf(call);
      const body = typedMessage.safeParse(await call.json());
      if (chat === null || !body.success) return invalid(body.error?.message ?? 'not a WhatsApp address');
      if (instance.state !== 'connected') return notConnected;
      const { media: offered, fromMe, kind, ...rest } = body.data;
      const bytes = offered === undefined ? null : Buffer.from(offered.base64, 'base64');
      const media = offered === undefined || bytes === null ? {} : { media: await storeFile(context, { ...offered, bytes }) };
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const message: MessageRow = {
        ...given,
        ...media,
        id: newMessageId(),
        instance: instance.id,
        chat,
        fromMe,
        viaApi: false,
        at: now(context),
        kind,
        receipt: null,
      };
      carryMessage(
        context,
        instance,
        message,
        bytes === null ? (rest.text ?? rest.emoji ?? '') : Buffer.concat([Buffer.from(rest.text ?? ''), bytes]),
      );
      return { status: 201, json: viewMessage(message) };
    }),

    'POST /ui/instances/:instance/chats/:chat/read': one((call, instance) => {
      const messages = world.chatsOf(instance.id).get(chatOf(call) ?? '') ?? [];
      giveReceipt(
        context,
        instance,
        messages.filter((message) => message.fromMe && message.receipt !== 'failed'),
        'read',
      );
      return { status: 200, json: {} };
    }),

    'POST /ui/instances/:instance/messages/:message/receipt': one(async (call, instance) => {
      const message = world.message(instance.id, call.params['message'] ?? '');
      const body = z.object({ receipt: z.enum(RECEIPTS) }).safeParse(await call.json());
      if (message === undefined) return NOT_FOUND;
      if (!body.success) return invalid('not a receipt');
      giveReceipt(context, instance, [message], body.data.receipt);
      return { status: 200, json: viewMessage(message) };
    }),

    'GET /ui/instances/:instance/media/:media': one((call) => mediaReply(context, call.params['media'] ?? '')),

    'GET /ui/events': () => ({ stream: true }),
  };
}
