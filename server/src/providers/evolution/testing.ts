/**
 * A double's words for tests: a healthy Evolution server and its refusals, from recorded answers.
 * Not its job: anything outside a test run.
 */
import { readFileSync } from 'node:fs';
import type { WireCases, WireReply, WireRequest } from '../kit/conformance/index.ts';
import { clientRef } from '#provider-kit';
import { messageIdFor } from './ids.ts';
import { fieldsOf, inside, textOf } from './payload.ts';

/** One recorded answer of a server, by the name of its file. */
export function restOf(name: string): { readonly status: number; readonly json: unknown } {
  const { status, response } = JSON.parse(readFileSync(new URL(`./recorded-answers/${name}.json`, import.meta.url), 'utf8')) as {
    status: number;
    response: unknown;
  };
  return { status, json: response };
}

const pathOf = (request: WireRequest): string => request.path.replace(/\?.*$/, '');
const isCall = (request: WireRequest, action: string): boolean => pathOf(request).startsWith(`/${action}`);

const field = (request: WireRequest, name: string): unknown => inside(request.json)[name];
const isMedia = (mediatype: string) => (request: WireRequest) =>
  isCall(request, 'message/sendMedia/') && field(request, 'mediatype') === mediatype && textOf(field(request, 'media')) !== undefined;

/** A connected instance of 2.3.7, in the server's recorded words. */
export function healthy(request: WireRequest): WireReply {
  if (pathOf(request) === '/') return { json: { status: 200, message: 'Welcome to the Evolution API, it is working!', version: '2.3.7' } };
  if (isCall(request, 'instance/create')) return restOf('create-baileys');
  if (isCall(request, 'instance/fetchInstances')) return restOf('fetchInstances');
  if (isCall(request, 'instance/connectionState/')) return restOf('state-open');
  if (isCall(request, 'instance/connect/')) return withPairCode(restOf('connect'), request);
  if (isCall(request, 'instance/restart/')) return { json: { instance: { instanceName: 'instance-1', status: 'open' } } };
  if (isCall(request, 'instance/logout/'))
    return { json: { status: 'SUCCESS', error: false, response: { message: 'Instance logged out' } } };
  if (isCall(request, 'instance/delete/')) return { json: { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } } };
  if (isCall(request, 'webhook/set/')) return { ...restOf('webhook-find'), status: 201 };
  if (isCall(request, 'chat/findMessages/')) return restOf('findMessages');
  if (isCall(request, 'message/sendMedia/')) return restOf('sendMedia-base64');
  if (isCall(request, 'message/')) return restOf('sendText');
  return { status: 404, json: { status: 404, error: 'Not Found', response: { message: ['Cannot find the route'] } } };
}

function withPairCode(answer: { readonly json: unknown }, request: WireRequest): WireReply {
  const pairingCode = request.path.includes('?number=') ? 'ABCD1234' : null;
  return { json: { ...fieldsOf(answer.json), pairingCode } };
}

const REF_ID = messageIdFor(clientRef('0198c0de-0000-7000-8000-00000000beef'));
const found = (records: readonly unknown[]): WireReply => ({
  json: { messages: { total: records.length, pages: 1, currentPage: 1, records } },
});
const record = (id: string, text: string): object => ({
  key: { id, fromMe: true, remoteJid: '5511988887777@s.whatsapp.net' },
  message: { conversation: text },
  messageTimestamp: Date.parse('2026-03-01T11:59:30Z') / 1000,
});

const never = { retry: 'never', certainty: 'not-sent', scope: 'message' } as const;
const bad = (...message: readonly unknown[]): WireReply => ({
  status: 400,
  json: { status: 400, error: 'Bad Request', response: { message } },
});

export const gone: WireReply = {
  status: 404,
  json: { status: 404, error: 'Not Found', response: { message: ['The "instance-1" instance does not exist'] } },
};

export const wire: WireCases = {
  gateway: healthy,
  gone,
  isSend: (request) => isCall(request, 'message/send'),
  carries: {
    text: (request) =>
      isCall(request, 'message/sendText/') && field(request, 'text') === 'Olá *Ana*' && field(request, 'number') === '5511988887777',
    quote: (request) => inside(request.json, 'quoted', 'key')['id'] === 'AC98212CD4909DE6799E78D93A824A3F',
    image: isMedia('image'),
    video: isMedia('video'),
    audio: isMedia('audio'),
    document: isMedia('document'),
    voice: (request) => isCall(request, 'message/sendWhatsAppAudio/') && textOf(field(request, 'audio')) !== undefined,
    sticker: (request) => isCall(request, 'message/sendSticker/') && textOf(field(request, 'sticker')) !== undefined,
  },
  refusals: [
    {
      name: '200 with error:true',
      reply: { json: { error: true, message: 'Error: Connection Closed' } },
      failure: { kind: 'not-connected', retry: 'later', certainty: 'not-sent', scope: 'peer' },
    },
    {
      name: '400 Connection Closed',
      reply: bad('Error: Connection Closed'),
      failure: { kind: 'not-connected', retry: 'later', certainty: 'not-sent', scope: 'peer' },
    },
    { name: 'a validation error in a nested list', reply: restOf('err-validation'), failure: { ...never, kind: 'rejected' } },
    {
      name: 'exists: false',
      reply: bad({ jid: '5511988887777@s.whatsapp.net', exists: false, number: '5511988887777' }),
      failure: { ...never, kind: 'not-on-whatsapp' },
    },
    {
      name: 'a run-time error that may come after the send',
      reply: bad('TypeError: Cannot read properties of undefined'),
      failure: { kind: 'rejected', retry: 'later', certainty: 'unknown', scope: 'message' },
    },
    { name: 'a time-out inside', reply: bad('Error: Timed Out'), failure: { kind: 'timeout', retry: 'later', certainty: 'unknown' } },
    {
      name: 'the official channel without the method',
      reply: bad('Method not available on WhatsApp Business API'),
      failure: { ...never, kind: 'unsupported' },
    },
    {
      name: '201 with an error of Meta',
      reply: {
        status: 201,
        json: {
          message: '(#131047) Re-engagement message',
          type: 'OAuthException',
          code: 131047,
          error_data: { details: 'More than 24 hours have passed' },
        },
      },
      failure: { ...never, kind: 'rejected', vendorText: 'More than 24 hours have passed' },
    },
    {
      name: '201 with Meta’s rate limit',
      reply: { status: 201, json: { message: 'Rate limit hit', type: 'OAuthException', code: 130429 } },
      failure: { kind: 'throttled', retry: 'later', certainty: 'not-sent' },
    },
    {
      name: '201 with Meta’s expired token',
      reply: { status: 201, json: { message: 'Session has expired', type: 'OAuthException', code: 190 } },
      failure: { kind: 'credentials', certainty: 'not-sent', scope: 'peer' },
    },
    {
      name: '503 LICENSE_REQUIRED',
      reply: {
        status: 503,
        json: { error: 'service not activated', code: 'LICENSE_REQUIRED', register_url: 'https://example.com/register' },
      },
      failure: {
        kind: 'unavailable',
        retry: 'later',
        certainty: 'not-sent',
        scope: 'peer',
        vendorText: 'This Evolution API server is not activated (LICENSE_REQUIRED). Activate it with its vendor.',
      },
    },
    {
      name: '404 for an instance that is gone',
      reply: gone,
      failure: { kind: 'not-found', retry: 'never', certainty: 'not-sent', scope: 'peer' },
    },
    {
      name: '404 from a proxy',
      reply: { status: 404, body: '404 page not found' },
      failure: { kind: 'unavailable', retry: 'later', certainty: 'not-sent', scope: 'peer' },
    },
    {
      name: 'a redirect',
      reply: { status: 301, headers: { location: 'https://elsewhere.example.com/' }, body: '' },
      failure: { kind: 'invalid-answer', certainty: 'not-sent', scope: 'peer' },
    },
    { name: '408', reply: { status: 408, body: '' }, failure: { kind: 'timeout', retry: 'later', certainty: 'unknown' } },
  ],
  lookUp: {
    isLookUp: (request) => isCall(request, 'chat/findMessages/'),
    known: found([record('3EB0OTHER', 'outra coisa'), record(REF_ID, 'Olá *Ana*')]),
    unknown: found([record('3EB0OTHER', 'outra coisa')]),
  },
};
