import type { Dialect, GatewayDoubleOptions } from './dialect.ts';
import { createGatewayDouble, type GatewayDouble } from './gateway-double.ts';
import type { DoubleInstance, DoubleReceipt, SentMessage } from './double-rows.ts';
import { messageType, pairCodeOf, statusOf, uazapiRoutes } from './uazapi-routes.ts';

/** uazapiGO 2.1 as far as the Hub uses it: instances, webhooks, sends, files. Not signed; each body shows the instance's token. */
export const createUazapiDouble = (options: GatewayDoubleOptions): GatewayDouble => createGatewayDouble(dialect, options);

const STATES: Readonly<Record<DoubleReceipt, string>> = { sent: 'Sent', delivered: 'Delivered', read: 'Read', failed: 'Failed' };

const dialect: Dialect = {
  vendor: 'uazapi',
  routes: uazapiRoutes,
  headers: { 'user-agent': 'uazapiGO-Webhook/1.0' },
  envelope: (instance, _hook, baseUrl) => ({
    BaseUrl: baseUrl,
    instanceName: instance.name,
    owner: instance.phone ?? '',
    token: instance.token,
  }),
  wants: (hook, body) => hook.events.length === 0 || hook.events.includes(String(body['EventType'])),
  echoOf,
  receiptsOf: (instance, ids, receipt, at) => [
    {
      EventType: 'messages_update',
      type: 'ReadReceipt',
      state: STATES[receipt],
      event: {
        MessageIDs: ids,
        Chat: '',
        IsFromMe: 'False',
        IsGroup: 'False',
        Timestamp: String(Math.floor(at.getTime() / 1_000)),
        Type: STATES[receipt],
      },
      owner: instance.phone ?? '',
    },
  ],
  connectionOf: (instance) => [
    {
      EventType: 'connection',
      instance: {
        name: instance.name,
        status: statusOf(instance),
        ...(instance.qr === null ? {} : { qrcode: instance.qr }),
        ...(instance.code === null ? {} : { paircode: pairCodeOf(instance) }),
        ...(instance.state === 'logged-out'
          ? { lastDisconnect: '2026-01-01 00:00:00.000Z', lastDisconnectReason: '401: logged out from another device' }
          : {}),
      },
      ...(instance.state === 'logged-out' ? { type: 'LoggedOut' } : {}),
    },
  ],
};

function echoOf(instance: DoubleInstance, message: SentMessage): Readonly<Record<string, unknown>> {
  const own = `${instance.phone ?? ''}@s.whatsapp.net`;
  return {
    EventType: 'messages',
    chatSource: 'updated',
    chat: { wa_chatid: message.chat, wa_isGroup: message.chat.endsWith('@g.us') },
    message: {
      id: `${instance.phone ?? ''}:${message.id}`,
      messageid: message.id,
      owner: instance.phone ?? '',
      chatid: message.chat,
      fromMe: true,
      isGroup: message.chat.endsWith('@g.us'),
      sender: own,
      sender_pn: own,
      senderName: instance.name,
      ...messageType(message),
      text: message.text,
      messageTimestamp: message.at,
      quoted: message.quotedId ?? '',
      edited: '',
      reaction: '',
      vote: '',
      track_id: message.ref ?? '',
      track_source: message.source ?? '',
      wasSentByApi: true,
    },
  };
}
