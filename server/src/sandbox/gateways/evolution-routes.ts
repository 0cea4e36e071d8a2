import { z } from 'zod';
import type { Call, Handler, Reply, Routes } from '../wire/router.ts';
import type { DoubleInstance, Hook, SentKind, SentMessage } from './double-rows.ts';
import { messageRecord } from './evolution-records.ts';
import type { OfferedFile, Switchboard } from './dialect.ts';
import { addressOf } from './switchboard.ts';

const VERSION = '2.3.7';
const LONGEST_FILE = 140 * 1024 * 1024;

const failure = (status: number, error: string, message: unknown): Reply => ({ status, json: { status, error, response: { message } } });
const bad = (...message: readonly unknown[]): Reply => failure(400, 'Bad Request', message);
const UNAUTHORISED = failure(401, 'Unauthorized', 'Unauthorized');
const absent = (name: string): Reply => failure(404, 'Not Found', [`The "${name}" instance does not exist`]);

const hookBody = z.object({
  enabled: z.boolean().default(true),
  url: z.string().max(2_048),
  byEvents: z.boolean().default(false),
  base64: z.boolean().default(false),
  headers: z.record(z.string(), z.string()).default({}),
  events: z.array(z.string().max(50)),
});
const createBody = z.object({
  instanceName: z.string().min(1).max(120),
  integration: z.literal('WHATSAPP-BAILEYS'),
  token: z.string().max(200).optional(),
  qrcode: z.boolean().default(false),
  webhook: hookBody.optional(),
});

/** `name` in `/<group>/<action>/:name`. The server looks for the instance before it looks at the key. */
type One = (handler: (call: Call, instance: DoubleInstance) => Reply | Promise<Reply>) => Handler;

export function evolutionRoutes(board: Switchboard): Routes {
  const one: One = (handler) => (call) => {
    const name = call.params['name'] ?? '';
    const instance = board.instances().find((candidate) => candidate.name === name);
    if (instance === undefined) return absent(name);
    const { apikey } = call.headers;
    return board.holdsToken(instance, apikey) || board.isAdmin(apikey) ? handler(call, instance) : UNAUTHORISED;
  };

  return {
    'GET /': () => ({
      status: 200,
      json: { status: 200, message: 'Welcome to the Evolution API, it is working!', version: VERSION, clientName: 'evolution_exchange' },
    }),

    'POST /instance/create': async (call) => {
      if (!board.isAdmin(call.headers['apikey'])) return UNAUTHORISED;
      const body = createBody.safeParse(await call.json());
      if (!body.success) return bad(body.error.issues.map(({ path, message }) => `instance.${path.join('.')} ${message}`));
      const { instanceName, token, webhook } = body.data;
      if (board.instances().some((instance) => instance.name === instanceName))
        return failure(403, 'Forbidden', [`This name "${instanceName}" is already in use.`]);
      const instance = board.add(instanceName, token ?? null);
      if (webhook !== undefined) {
        instance.hooks = [hookOf(webhook)];
        board.keep(instance);
      }
      return {
        status: 201,
        json: {
          instance: { instanceName, instanceId: instance.id, integration: 'WHATSAPP-BAILEYS', status: stateOf(instance) },
          hash: instance.token,
          settings: {},
        },
      };
    },

    'GET /instance/fetchInstances': (call) => {
      const key = call.headers['apikey'];
      const name = call.query.get('instanceName');
      const allowed = board.instances().filter((instance) => board.isAdmin(key) || board.holdsToken(instance, key));
      if (allowed.length === 0 && !board.isAdmin(key)) return UNAUTHORISED;
      const found = allowed.filter((instance) => name === null || instance.name === name);
      return name !== null && found.length === 0 ? absent(name) : { status: 200, json: found.map(rowOf) };
    },

    'GET /instance/connect/:name': one((call, instance) => {
      if (instance.state === 'connected') return { status: 200, json: { instance: { instanceName: instance.name, state: 'open' } } };
      // A socket that is open already keeps what it was opened for: the number is passed over.
      if (instance.state === 'pairing') board.showAgain(instance);
      else board.startPairing(instance, call.query.get('number'));
      return { status: 200, json: { pairingCode: instance.code, code: `2@${instance.id}`, base64: instance.qr, count: instance.shown } };
    }),
    'GET /instance/connectionState/:name': one((_call, instance) => ({
      status: 200,
      json: { instance: { instanceName: instance.name, state: stateOf(instance) } },
    })),
    'POST /instance/restart/:name': one((_call, instance) =>
      // Errors of this call come with 200.
      instance.state === 'connected'
        ? { status: 200, json: { instance: { instanceName: instance.name, status: 'open' } } }
        : { status: 200, json: { error: true, message: 'Error: Connection Closed' } },
    ),
    'DELETE /instance/logout/:name': one((_call, instance) => {
      if (stateOf(instance) === 'close') return bad(`The "${instance.name}" instance is not connected`);
      board.logOut(instance);
      return { status: 200, json: { status: 'SUCCESS', error: false, response: { message: 'Instance logged out' } } };
    }),
    'DELETE /instance/delete/:name': one((_call, instance) => {
      board.remove(instance);
      return { status: 200, json: { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } } };
    }),

    'POST /webhook/set/:name': one(async (call, instance) => {
      const body = z.object({ webhook: hookBody }).safeParse(await call.json());
      if (!body.success) return bad(body.error.issues.map(({ path, message }) => `instance.${path.join('.')} ${message}`));
      instance.hooks = [hookOf(body.data.webhook)];
      board.keep(instance);
      return { status: 201, json: hookRow(instance) };
    }),
    'GET /webhook/find/:name': one((_call, instance) => ({ status: 200, json: hookRow(instance) })),

    ...sendRoutes(board, one),
    ...chatRoutes(board, one),
  };
}

const common = {
  number: z.string().min(1).max(100),
  messageId: z.string().max(100).optional(),
  quoted: z.object({ key: z.object({ id: z.string().max(200) }) }).optional(),
};
const base64 = z
  .string()
  .max(LONGEST_FILE)
  .regex(/^[A-Za-z0-9+/]+=*$/);
const textBody = z.object({ ...common, text: z.string().min(1) });
const mediaBody = z.object({
  ...common,
  mediatype: z.enum(['image', 'video', 'audio', 'document']),
  media: base64,
  mimetype: z.string().max(200).optional(),
  fileName: z.string().max(300).optional(),
  caption: z.string().optional(),
});

interface Draft {
  readonly number: string;
  readonly messageId?: string | undefined;
  readonly quoted?: { readonly key: { readonly id: string } } | undefined;
}

function sendRoutes(board: Switchboard, one: One): Routes {
  const carry = (instance: DoubleInstance, draft: Draft, what: { kind: SentKind; text: string; file: OfferedFile | null }): Reply => {
    const chat = addressOf(draft.number);
    switch (board.refusal(instance, chat)) {
      case 'not-connected':
        return bad('Error: Connection Closed');
      case 'not-on-whatsapp':
        return bad({ jid: chat, exists: false, number: draft.number });
      case 'planned':
        return failure(500, 'Internal Server Error', 'planned fault');
      case null: {
        const message: Omit<SentMessage, 'id' | 'instance' | 'at' | 'file'> = {
          chat,
          kind: what.kind,
          text: what.text,
          ref: draft.messageId ?? null,
          source: null,
          quotedId: draft.quoted?.key.id ?? null,
        };
        return { status: 201, json: messageRecord(instance, board.accept(instance, message, draft.messageId ?? null, what.file)) };
      }
    }
  };
  /** Validation errors come as a list in a list. */
  const read = <Body>(schema: z.ZodType<Body>, raw: unknown): Body | Reply => {
    const body = schema.safeParse(raw);
    return body.success
      ? body.data
      : bad(body.error.issues.map(({ path, message }) => `instance requires property "${path.join('.')}": ${message}`));
  };
  const isReply = <Body extends object>(body: Body | Reply): body is Reply => 'json' in body;

  return {
    'POST /message/sendText/:name': one(async (call, instance) => {
      const body = read(textBody, await call.json());
      return isReply(body) ? body : carry(instance, body, { kind: 'text', text: body.text, file: null });
    }),
    'POST /message/sendMedia/:name': one(async (call, instance) => {
      const body = read(mediaBody, await call.json());
      if (isReply(body)) return body;
      const file = { mimeType: body.mimetype ?? '', fileName: body.fileName ?? null, bytes: Buffer.from(body.media, 'base64') };
      return carry(instance, body, { kind: body.mediatype, text: body.caption ?? '', file });
    }),
    'POST /message/sendWhatsAppAudio/:name': one(async (call, instance) => {
      const body = read(z.object({ ...common, audio: base64, encoding: z.boolean().default(true) }), await call.json());
      if (isReply(body)) return body;
      // The quote of a voice note is passed over up to 2.3.7.
      const file = { mimeType: 'audio/ogg; codecs=opus', fileName: null, bytes: Buffer.from(body.audio, 'base64') };
      return carry(instance, { number: body.number, messageId: body.messageId }, { kind: 'voice', text: '', file });
    }),
    'POST /message/sendSticker/:name': one(async (call, instance) => {
      const body = read(z.object({ ...common, sticker: base64 }), await call.json());
      if (isReply(body)) return body;
      return carry(instance, body, {
        kind: 'sticker',
        text: '',
        file: { mimeType: 'image/webp', fileName: null, bytes: Buffer.from(body.sticker, 'base64') },
      });
    }),
  };
}

const MEDIA_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^image\/webp/, 'stickerMessage'],
  [/^image\//, 'imageMessage'],
  [/^video\//, 'videoMessage'],
  [/^audio\//, 'audioMessage'],
  [/./, 'documentMessage'],
];

function chatRoutes(board: Switchboard, one: One): Routes {
  return {
    'POST /chat/findMessages/:name': one(async (call, instance) => {
      const body = z
        .object({ page: z.number().int().min(1).default(1), offset: z.number().int().min(1).max(500).default(50) })
        .safeParse(await call.json());
      if (!body.success) return bad('invalid page');
      const { page, offset: perPage } = body.data;
      const newestFirst = [...board.sent(instance)].reverse();
      return {
        status: 200,
        json: {
          messages: {
            total: newestFirst.length,
            pages: Math.ceil(newestFirst.length / perPage),
            currentPage: page,
            records: newestFirst.slice((page - 1) * perPage, page * perPage).map((message) => messageRecord(instance, message)),
          },
        },
      };
    }),
    'POST /chat/getBase64FromMediaMessage/:name': one(async (call) => {
      const body = z.object({ message: z.object({ key: z.object({ id: z.string().max(200) }) }) }).safeParse(await call.json());
      const file = body.success ? board.fileOf(body.data.message.key.id) : null;
      if (file === null) return bad('Error: Message not found');
      return {
        status: 201,
        json: {
          mediaType: MEDIA_TYPES.find(([type]) => type.test(file.mimeType))?.[1],
          fileName: file.fileName,
          size: { fileLength: String(file.bytes.length) },
          mimetype: file.mimeType,
          base64: file.bytes.toString('base64'),
          buffer: null,
        },
      };
    }),
  };
}

const hookOf = ({ url, enabled, events, ...rest }: z.output<typeof hookBody>): Hook => ({ id: 'webhook', url, enabled, events, rest });

function hookRow(instance: DoubleInstance): object | null {
  const [hook] = instance.hooks;
  if (hook === undefined) return null;
  const { url, enabled, events, rest } = hook;
  return {
    id: hook.id,
    url,
    headers: rest['headers'],
    enabled,
    events,
    webhookByEvents: rest['byEvents'],
    webhookBase64: rest['base64'],
    instanceId: instance.id,
  };
}

export const stateOf = ({ state }: DoubleInstance): string =>
  state === 'connected' ? 'open' : state === 'pairing' ? 'connecting' : 'close';

const rowOf = (instance: DoubleInstance): object => ({
  id: instance.id,
  name: instance.name,
  connectionStatus: stateOf(instance),
  ownerJid: instance.phone === null ? null : `${instance.phone}@s.whatsapp.net`,
  profileName: instance.state === 'connected' ? 'Loja Exemplo' : null,
  profilePicUrl: null,
  integration: 'WHATSAPP-BAILEYS',
  number: null,
  token: instance.token,
  disconnectionReasonCode: instance.state === 'logged-out' ? 401 : null,
  Chatwoot: null,
});
