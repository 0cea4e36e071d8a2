import { at } from '#provider-kit';
import { describeProvider, readFixtures } from '../kit/conformance/index.ts';
import type { WireReply, WireRequest } from '../kit/conformance/index.ts';
import { SECRET_PROPERTIES, uazapi } from './uazapi.provider.ts';

const QR = 'data:image/png;base64,iVBORw0KGgo=';

/** A healthy uazapi server, as far as the provider asks. */
function gateway({ method, path, json }: WireRequest): WireReply {
  switch (`${method} ${path}`) {
    case 'GET /instance/all':
      return { json: [{ id: 'r183e2ef9597845', name: 'loja', token: 'abc123xyz-token', status: 'connected', owner: '5511990000001' }] };
    case 'POST /instance/create':
      return {
        json: {
          response: 'Instance created successfully',
          instance: { id: 'r183e2ef9597845', token: 'abc123xyz-token', status: 'disconnected' },
          name: 'loja',
          token: 'abc123xyz-token',
        },
      };
    case 'GET /instance/status':
      return {
        json: { instance: { id: 'r183e2ef9597845', status: 'disconnected' }, status: { connected: false, loggedIn: false, jid: null } },
      };
    case 'POST /instance/connect':
      return {
        json: {
          connected: false,
          loggedIn: false,
          jid: null,
          instance: { status: 'connecting', ...(at(json, 'phone') === undefined ? { qrcode: QR } : { paircode: '1234-5678' }) },
        },
      };
    case 'POST /instance/reset':
      return { json: { response: 'Instance reset started', resetting: true } };
    case 'GET /webhook':
    case 'POST /webhook':
      return { json: [] };
    case 'POST /send/text':
    case 'POST /send/media':
      return {
        json: {
          id: '5511990000001:3EB0SENT',
          messageid: '3EB0SENT',
          status: 'Pending',
          response: { status: 'success', message: 'Message sent successfully' },
        },
      };
    case 'POST /message/find':
      return { json: { returnedMessages: 0, messages: [] } };
    default:
      return { json: { response: 'done' } };
  }
}

const isMedia =
  (type: string, head: string) =>
  ({ path, json }: WireRequest): boolean =>
    path === '/send/media' &&
    at(json, 'type') === type &&
    at(json, 'file') === `${head}${Buffer.from('a file of the suite, in three uneven pieces').toString('base64')}` &&
    at(json, 'text') === 'Olá *Ana*';

const lockUntil = (until: string) => ({
  error: 'WhatsApp server error 463: restriction for starting new conversations',
  error_source: 'whatsapp_server',
  error_key: 'WHATSAPP_REACHOUT_TIMELOCK',
  message_ptbr: 'O servidor do WhatsApp recusou esta mensagem.',
  provider_message_ptbr: 'A conta está temporariamente impedida de iniciar conversas.',
  details: { reachout_timelock: { available: true, active: true, until } },
});

describeProvider(uazapi, {
  fixtures: readFixtures(new URL('./fixtures/', import.meta.url)),
  secretProperties: SECRET_PROPERTIES,
  wire: {
    gateway,
    isSend: ({ path }) => path.startsWith('/send/'),
    carries: {
      text: ({ path, json }) => path === '/send/text' && at(json, 'text') === 'Olá *Ana*' && at(json, 'number') === '5511988887777',
      quote: ({ json }) => at(json, 'replyid') === 'AC98212CD4909DE6799E78D93A824A3F',
      image: isMedia('image', 'data:image/jpeg;base64,'),
      video: isMedia('video', 'data:video/mp4;base64,'),
      audio: isMedia('audio', 'data:audio/mpeg;base64,'),
      voice: isMedia('ptt', 'data:audio/ogg;base64,'),
      document: (request) => isMedia('document', 'data:application/pdf;base64,')(request) && at(request.json, 'docName') === 'contrato.pdf',
      sticker: isMedia('sticker', 'data:image/webp;base64,'),
    },
    refusals: [
      {
        name: '401 "No session"',
        reply: { status: 401, json: { error: 'No session' } },
        failure: { kind: 'not-connected', retry: 'later', certainty: 'not-sent', scope: 'peer' },
      },
      {
        name: '500 "No session"',
        reply: { status: 500, json: { error: 'No session' } },
        failure: { kind: 'not-connected', retry: 'later', certainty: 'not-sent', scope: 'peer' },
      },
      {
        name: '500 "WhatsApp client is not connected"',
        reply: { status: 500, json: { error: 'WhatsApp client is not connected' } },
        failure: { kind: 'not-connected', certainty: 'not-sent' },
      },
      {
        name: '401 "instance info not found"',
        reply: { status: 401, json: { error: 'instance info not found' } },
        failure: { kind: 'not-found', scope: 'peer' },
      },
      {
        name: '403 "Invalid AdminToken Header"',
        reply: { status: 403, json: { error: 'Invalid AdminToken Header' } },
        failure: { kind: 'credentials', scope: 'peer' },
      },
      {
        name: '404 of another server',
        reply: { status: 404, body: '<html>nginx</html>' },
        failure: { kind: 'not-found', retry: 'later', scope: 'peer' },
      },
      {
        name: '404 of this API',
        reply: { status: 404, json: { error: 'Message not found' } },
        failure: { kind: 'not-found', retry: 'never', scope: 'message' },
      },
      {
        name: '404 with another error',
        reply: { status: 404, json: { error: 'Chat unknown' } },
        failure: { kind: 'not-found', retry: 'never', scope: 'message' },
      },
      { name: '415', reply: { status: 415, json: {} }, failure: { kind: 'unsupported', retry: 'never', scope: 'message' } },
      {
        name: '415 in words',
        reply: { status: 400, json: { error: 'Invalid media type or file format' } },
        failure: { kind: 'unsupported', retry: 'never', scope: 'message' },
      },
      { name: '429 without Retry-After', reply: { status: 429, json: {} }, failure: { kind: 'throttled', retry: 'later', scope: 'peer' } },
      { name: '408', reply: { status: 408, json: {} }, failure: { kind: 'timeout', certainty: 'unknown' } },
      {
        name: 'a redirect',
        reply: { status: 302, headers: { location: 'https://example.com/' }, body: '' },
        failure: { kind: 'invalid-answer', certainty: 'not-sent', scope: 'peer' },
      },
      {
        name: '500 "Failed to upload media"',
        reply: { status: 500, json: { error: 'Failed to upload media' } },
        failure: { kind: 'unavailable', retry: 'later', certainty: 'not-sent', scope: 'message' },
      },
      {
        name: '500 "not on WhatsApp"',
        reply: { status: 500, json: { error: 'the number 5511988887777 is not on WhatsApp' } },
        failure: { kind: 'not-on-whatsapp', retry: 'never', scope: 'message' },
      },
      {
        name: 'a WhatsApp lock that ends in an hour',
        reply: { status: 500, json: lockUntil('2026-03-01T13:00:00Z') },
        failure: {
          kind: 'rejected',
          retry: 'later',
          certainty: 'not-sent',
          scope: 'message',
          retryAfterMs: 3_600_000,
          vendorText: 'A conta está temporariamente impedida de iniciar conversas.',
        },
      },
      {
        name: 'a WhatsApp lock that ends in a week',
        reply: { status: 500, json: lockUntil('2026-03-08T12:00:00Z') },
        failure: { kind: 'rejected', retry: 'never', certainty: 'not-sent', scope: 'message' },
      },
      {
        name: 'a WhatsApp refusal without an end',
        reply: { status: 500, json: { error: 'WhatsApp server error 400', error_source: 'whatsapp_server' } },
        failure: { kind: 'rejected', retry: 'never', certainty: 'not-sent' },
      },
    ],
    lookUp: {
      isLookUp: ({ path }) => path === '/message/find',
      known: {
        json: {
          messages: [
            { messageid: '3EB0FAILED', track_id: '0198c0de-0000-7000-8000-00000000beef', track_source: 'whatprohub', status: 'Failed' },
            { messageid: '3EB0FOUND', track_id: '0198c0de-0000-7000-8000-00000000beef', track_source: 'whatprohub', status: 'Sent' },
          ],
        },
      },
      unknown: { json: { messages: [{ messageid: '3EB0OTHER', track_id: 'another', track_source: 'whatprohub', status: 'Sent' }] } },
    },
    echoOf: ({ json }) => ({
      headers: {},
      body: {
        EventType: 'messages',
        owner: '5511990000001',
        message: {
          messageid: '3EB0SENT',
          chatid: `${String(at(json, 'number'))}@s.whatsapp.net`,
          fromMe: true,
          wasSentByApi: true,
          track_id: at(json, 'track_id'),
          track_source: at(json, 'track_source'),
          messageType: 'ExtendedTextMessage',
          text: at(json, 'text'),
          messageTimestamp: 1785817572632,
        },
      },
    }),
    gone: { status: 401, json: { error: 'Invalid token' } },
  },
});
