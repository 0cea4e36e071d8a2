import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Call, Handler, Reply, Routes } from '../wire/router.ts';
import type { DoubleInstance, Hook, SentKind, SentMessage } from './double-rows.ts';
import type { Switchboard } from './dialect.ts';
import { addressOf } from './switchboard.ts';

const LONGEST_FILE = 140 * 1024 * 1024;

const error = (status: number, text: string): Reply => ({ status, json: { error: text } });

const common = {
  number: z.string().min(1).max(100),
  replyid: z.string().max(200).nullish(),
  track_id: z.string().max(200).nullish(),
  track_source: z.string().max(200).nullish(),
};
const textBody = z.object({ ...common, text: z.string().min(1) });
const mediaBody = z.object({
  ...common,
  type: z.enum(['image', 'video', 'document', 'audio', 'ptt', 'sticker']),
  file: z.string().min(1).max(LONGEST_FILE),
  text: z.string().nullish(),
  docName: z.string().max(300).nullish(),
  mimetype: z.string().max(200).nullish(),
});
const hookBody = z.object({
  action: z.enum(['add', 'update', 'delete']).optional(),
  id: z.string().optional(),
  enabled: z.boolean().default(true),
  url: z.string().max(2_048).default(''),
  events: z.array(z.string().max(50)).default([]),
  excludeMessages: z.array(z.string().max(50)).default([]),
  addUrlEvents: z.boolean().default(false),
  addUrlTypesMessages: z.boolean().default(false),
});

export function uazapiRoutes(board: Switchboard): Routes {
  const admin =
    (handler: Handler): Handler =>
    (call) => {
      const key = call.headers['admintoken'];
      if (key === undefined) return error(401, 'Unauthorized');
      return board.isAdmin(key) ? handler(call) : error(403, 'Invalid AdminToken Header');
    };
  const one =
    (handler: (call: Call, instance: DoubleInstance) => Reply | Promise<Reply>): Handler =>
    (call) => {
      const { token } = call.headers;
      const instance = board.instances().find((candidate) => board.holdsToken(candidate, token));
      return instance === undefined ? error(401, token === undefined ? 'missing token' : 'Invalid token') : handler(call, instance);
    };
  const create = admin(async (call) => {
    const body = z.object({ name: z.string().min(1).max(120) }).safeParse(await call.json());
    if (!body.success) return error(400, 'Invalid payload');
    const instance = board.add(body.data.name, null);
    const { name, token } = instance;
    return {
      status: 200,
      json: {
        response: 'Instance created successfully',
        instance: rowOf(instance),
        connected: false,
        loggedIn: false,
        name,
        token,
        info: '',
      },
    };
  });

  return {
    'GET /instance/all': admin(() => ({ status: 200, json: board.instances().map(rowOf) })),
    'POST /instance/create': create,
    'POST /instance/init': create,
    'GET /instance/status': one((_call, instance) => ({ status: 200, json: { instance: rowOf(instance), status: socketOf(instance) } })),
    'POST /instance/connect': one(async (call, instance) => {
      const body = z
        .object({
          phone: z
            .string()
            .regex(/^\d{10,15}$/)
            .optional(),
        })
        .safeParse(await call.json());
      if (!body.success) return error(400, 'Invalid payload');
      board.startPairing(instance, body.data.phone ?? null);
      return { status: 200, json: { ...socketOf(instance), instance: rowOf(instance) } };
    }),
    'POST /instance/disconnect': one((_call, instance) => {
      board.logOut(instance);
      return { status: 200, json: { instance: rowOf(instance), response: 'Disconnected', info: '' } };
    }),
    'POST /instance/reset': one((_call, instance) => ({
      status: 200,
      json: { response: 'resetting', resetting: true, instanceId: instance.id, queuedRecoveryAttempted: false },
    })),
    'DELETE /instance': one((_call, instance) => {
      board.remove(instance);
      return { status: 200, json: { response: 'Instance Deleted', info: '' } };
    }),
    'GET /webhook': one((_call, instance) => ({ status: 200, json: instance.hooks.map(hookRow) })),
    'POST /webhook': one(async (call, instance) => {
      const body = hookBody.safeParse(await call.json());
      if (!body.success) return error(400, 'Invalid payload');
      instance.hooks = changedHooks(instance.hooks, body.data);
      board.keep(instance);
      return { status: 200, json: instance.hooks.map(hookRow) };
    }),
    ...messageRoutes(board, one),
  };
}

type One = (handler: (call: Call, instance: DoubleInstance) => Reply | Promise<Reply>) => Handler;

function messageRoutes(board: Switchboard, one: One): Routes {
  const refused = (instance: DoubleInstance, chat: string): Reply | null => {
    switch (board.refusal(instance, chat)) {
      case 'not-connected':
        return error(500, 'WhatsApp client is not connected');
      case 'not-on-whatsapp':
        return error(500, `the number ${chat} is not on WhatsApp`);
      case 'planned':
        return error(500, 'planned fault');
      case null:
        return null;
    }
  };

  return {
    'POST /send/text': one(async (call, instance) => {
      const body = textBody.safeParse(await call.json());
      if (!body.success) return error(400, 'Missing number or text');
      const { number, text } = body.data;
      const chat = addressOf(number);
      return refused(instance, chat) ?? sentReply(board.accept(instance, { chat, kind: 'text', text, ...marksOf(body.data) }, null, null));
    }),
    'POST /send/media': one(async (call, instance) => {
      const body = mediaBody.safeParse(await call.json());
      if (!body.success) return error(400, 'Invalid payload');
      const { number, type, file, text, docName, mimetype } = body.data;
      const content = /^data:([^;,]+)[^,]*;base64,(.*)$/s.exec(file);
      if (content === null) return error(400, 'Invalid media type or file format');
      const chat = addressOf(number);
      const kind: SentKind = type === 'ptt' ? 'voice' : type;
      const offered = { mimeType: mimetype ?? content[1] ?? '', fileName: docName ?? null, bytes: Buffer.from(content[2] ?? '', 'base64') };
      return (
        refused(instance, chat) ?? sentReply(board.accept(instance, { chat, kind, text: text ?? '', ...marksOf(body.data) }, null, offered))
      );
    }),
    'POST /message/find': one(async (call, instance) => {
      const body = z
        .object({
          id: z.string().optional(),
          track_id: z.string().optional(),
          track_source: z.string().optional(),
          limit: z.number().default(100),
        })
        .safeParse(await call.json());
      if (!body.success) return error(400, 'Invalid payload');
      const { id, track_id: ref, track_source: source, limit } = body.data;
      const found = board
        .sent(instance)
        .filter(
          (message) =>
            (id === undefined || message.id === id) &&
            (ref === undefined || message.ref === ref) &&
            (source === undefined || message.source === source),
        )
        .slice(-limit);
      return {
        status: 200,
        json: {
          returnedMessages: found.length,
          messages: found.map(messageRow),
          limit,
          offset: 0,
          nextOffset: found.length,
          hasMore: false,
        },
      };
    }),
    'POST /message/download': one(async (call) => {
      const body = z
        .object({ id: z.string().min(1).max(200), return_base64: z.boolean().default(false), return_link: z.boolean().default(true) })
        .safeParse(await call.json());
      if (!body.success) return error(400, 'Missing Id in Payload');
      const id = body.data.id.replace(/^\d+:/, '');
      const file = board.fileOf(id);
      if (file === null) return error(404, 'Message not found');
      return {
        status: 200,
        json: {
          mimetype: file.mimeType,
          ...(body.data.return_link ? { fileURL: `${board.baseUrl()}/files/${encodeURIComponent(id)}` } : {}),
          ...(body.data.return_base64 ? { base64Data: file.bytes.toString('base64') } : {}),
        },
      };
    }),
    // The vendor's storage: the link alone opens it.
    'GET /files/:message': (call) => {
      const file = board.fileOf(call.params['message'] ?? '');
      return file === null
        ? { status: 404, json: {} }
        : { status: 200, bytes: file.bytes, headers: { 'content-type': file.mimeType, 'x-content-type-options': 'nosniff' } };
    },
  };
}

function changedHooks(hooks: readonly Hook[], { action, id, enabled, url, events, ...rest }: z.output<typeof hookBody>): readonly Hook[] {
  const hook: Hook = { id: id ?? `w${randomBytes(6).toString('hex')}`, url, enabled, events, rest };
  if (action === 'delete') return hooks.filter((known) => known.id !== id);
  if (action === 'update') return hooks.map((known) => (known.id === id ? hook : known));
  // The short form knows one webhook and writes over whatever is there.
  return action === 'add' ? [...hooks, hook] : [hook];
}

const hookRow = ({ id, url, enabled, events, rest }: Hook): object => ({ id, url, enabled, events, ...rest });

export const statusOf = ({ state }: DoubleInstance): string =>
  state === 'pairing' ? 'connecting' : state === 'connected' ? 'connected' : 'disconnected';

export const pairCodeOf = ({ code }: DoubleInstance): string => (code === null ? '' : `${code.slice(0, 4)}-${code.slice(4)}`);

function rowOf(instance: DoubleInstance): object {
  return {
    id: instance.id,
    token: instance.token,
    status: statusOf(instance),
    paircode: pairCodeOf(instance),
    qrcode: instance.qr ?? '',
    name: instance.name,
    profileName: instance.state === 'connected' ? 'Loja Exemplo' : '',
    owner: instance.phone ?? '',
    lastDisconnectReason: instance.state === 'logged-out' ? '401: logged out from another device' : '',
  };
}

function socketOf(instance: DoubleInstance): object {
  const connected = instance.state === 'connected';
  return {
    connected,
    loggedIn: connected,
    jid: connected ? { user: instance.phone ?? '', agent: 0, device: 1, server: 's.whatsapp.net' } : null,
  };
}

const marksOf = (body: {
  replyid?: string | null | undefined;
  track_id?: string | null | undefined;
  track_source?: string | null | undefined;
}) => ({
  quotedId: body.replyid ?? null,
  ref: body.track_id ?? null,
  source: body.track_source ?? null,
});

const MESSAGE_TYPES: Readonly<Record<SentKind, readonly [messageType: string, mediaType: string]>> = {
  text: ['ExtendedTextMessage', ''],
  image: ['ImageMessage', 'image'],
  video: ['VideoMessage', 'video'],
  audio: ['AudioMessage', 'audio'],
  voice: ['AudioMessage', 'ptt'],
  document: ['DocumentMessage', 'document'],
  sticker: ['StickerMessage', 'sticker'],
};

export function messageType(message: Pick<SentMessage, 'kind'>): object {
  const [name, mediaType] = MESSAGE_TYPES[message.kind];
  return { messageType: name, mediaType, type: message.kind === 'text' ? 'text' : 'media' };
}

const messageRow = (message: SentMessage): object => ({
  id: message.id,
  messageid: message.id,
  chatid: message.chat,
  fromMe: true,
  ...messageType(message),
  text: message.text,
  messageTimestamp: message.at,
  quoted: message.quotedId ?? '',
  status: 'Sent',
  track_id: message.ref ?? '',
  track_source: message.source ?? '',
  wasSentByApi: true,
});

const sentReply = (message: SentMessage): Reply => ({
  status: 200,
  json: { ...messageRow(message), status: 'Pending', response: { status: 'success', message: 'Message sent successfully' } },
});
