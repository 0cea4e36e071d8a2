import type { Dialect, GatewayDoubleOptions } from './dialect.ts';
import { createGatewayDouble, type GatewayDouble } from './gateway-double.ts';
import type { DoubleInstance, DoubleReceipt } from './double-rows.ts';
import { evolutionRoutes, stateOf } from './evolution-routes.ts';
import { messageRecord } from './evolution-records.ts';

/** Evolution API 2.3.7 as far as the Hub uses it: instances, the webhook, sends, look-ups, files. Not signed; bodies show the token. */
export const createEvolutionDouble = (options: GatewayDoubleOptions): GatewayDouble => createGatewayDouble(dialect, options);

const STATES: Readonly<Record<DoubleReceipt, string>> = { sent: 'SERVER_ACK', delivered: 'DELIVERY_ACK', read: 'READ', failed: 'ERROR' };

const dialect: Dialect = {
  vendor: 'evolution',
  routes: evolutionRoutes,
  headers: { accept: 'application/json, text/plain, */*', 'user-agent': 'axios/1.13.2' },
  envelope: (instance, hook, baseUrl, at) => ({
    instance: instance.name,
    destination: hook.url,
    date_time: at.toISOString(),
    ...(instance.phone === null ? {} : { sender: `${instance.phone}@s.whatsapp.net` }),
    server_url: baseUrl,
    apikey: instance.token,
  }),
  wants: (hook, body) => hook.events.length === 0 || hook.events.includes(String(body['event']).toUpperCase().replace(/[.-]/g, '_')),
  echoOf: (instance, message) => ({ event: 'send.message', data: messageRecord(instance, message) }),
  receiptsOf: (instance, ids, receipt) =>
    ids.map((keyId) => ({
      event: 'messages.update',
      data: { keyId, remoteJid: '', fromMe: true, status: STATES[receipt], instanceId: instance.id, messageId: `c${keyId.toLowerCase()}` },
    })),
  connectionOf: (instance) => [connectionUpdate(instance), ...(instance.state === 'pairing' ? [qrUpdate(instance)] : [])],
};

const connectionUpdate = (instance: DoubleInstance): Readonly<Record<string, unknown>> => ({
  event: 'connection.update',
  data: {
    instance: instance.name,
    state: stateOf(instance),
    statusReason: instance.state === 'logged-out' ? 401 : 200,
    ...(instance.state === 'connected'
      ? { wuid: `${instance.phone ?? ''}@s.whatsapp.net`, profileName: 'Loja Exemplo', profilePictureUrl: null }
      : {}),
  },
});

const qrUpdate = (instance: DoubleInstance): Readonly<Record<string, unknown>> => ({
  event: 'qrcode.updated',
  data: { qrcode: { instance: instance.name, pairingCode: instance.code, code: `2@${instance.id}`, base64: instance.qr } },
});
