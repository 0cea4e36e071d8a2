import { at } from '#provider-kit';
import { describeProvider, INSTANCE_TOKEN, readFixtures } from '../kit/conformance/index.ts';
import type { WireReply, WireRequest } from '../kit/conformance/index.ts';
import { sandbox, SECRET_PROPERTIES } from './sandbox.provider.ts';

const QR = 'data:image/png;base64,iVBORw0KGgo=';
const instance = { id: 'instance-1', name: 'loja', state: 'disconnected', phone: null };

function gateway({ method, path, json }: WireRequest): WireReply {
  switch (`${method} ${path.split('?')[0] ?? ''}`) {
    case 'GET /health':
      return { json: { name: 'sandbox-gateway', version: '1' } };
    case 'GET /instances':
      return { json: [{ ...instance, token: INSTANCE_TOKEN }, { name: 'without an id' }] };
    case 'POST /instances':
      return { status: 201, json: { id: 'instance-1', token: 'a-new-token' } };
    case 'GET /instances/instance-1':
      return { json: instance };
    case 'POST /instances/instance-1/connect':
      return { json: { ...instance, state: 'pairing', ...(at(json, 'phone') === undefined ? { qr: QR } : { code: 'ABCD-1234' }) } };
    case 'POST /instances/instance-1/messages':
      return { status: 201, json: { id: 'SBX-1' } };
    case 'GET /instances/instance-1/messages':
      return { json: [] };
    default:
      return { status: 204, body: '' };
  }
}

const isMedia =
  (kind: string) =>
  ({ json }: WireRequest): boolean =>
    at(json, 'media', 'kind') === kind &&
    at(json, 'media', 'base64') === Buffer.from('a file of the suite, in three uneven pieces').toString('base64') &&
    at(json, 'text') === 'Olá *Ana*';

describeProvider(sandbox, {
  fixtures: readFixtures(new URL('./fixtures/', import.meta.url)),
  secretProperties: SECRET_PROPERTIES,
  wire: {
    basePath: '/gateway',
    gateway,
    isSend: ({ method, path }) => method === 'POST' && path.endsWith('/messages'),
    carries: {
      text: ({ json }) => at(json, 'to') === '5511988887777@s.whatsapp.net' && at(json, 'text') === 'Olá *Ana*',
      quote: ({ json }) => at(json, 'quotedId') === 'AC98212CD4909DE6799E78D93A824A3F',
      image: isMedia('image'),
      video: isMedia('video'),
      audio: isMedia('audio'),
      voice: isMedia('voice'),
      document: isMedia('document'),
      sticker: isMedia('sticker'),
    },
    refusals: [
      {
        name: '409',
        reply: { status: 409, json: { error: 'not connected' } },
        failure: { kind: 'not-connected', retry: 'later', certainty: 'not-sent', scope: 'peer' },
      },
      {
        name: '422',
        reply: { status: 422, json: { error: 'not on whatsapp' } },
        failure: { kind: 'not-on-whatsapp', retry: 'never', certainty: 'not-sent', scope: 'message' },
      },
      { name: '404', reply: { status: 404, json: { error: 'no such instance' } }, failure: { kind: 'not-found', scope: 'peer' } },
    ],
    lookUp: {
      isLookUp: ({ method, path }) => method === 'GET' && path.includes('/messages?ref='),
      known: { json: [{ id: 'SBX-1' }] },
      unknown: { json: [] },
    },
    echoOf: ({ json }) => ({
      headers: {},
      body: {
        event: 'message',
        instance: 'instance-1',
        message: {
          id: 'SBX-1',
          chat: at(json, 'to'),
          fromMe: true,
          viaApi: true,
          ref: at(json, 'ref'),
          at: 1785817572632,
          kind: 'text',
          text: at(json, 'text'),
        },
      },
    }),
    gone: { status: 401, json: { error: 'unauthorized' } },
  },
});
