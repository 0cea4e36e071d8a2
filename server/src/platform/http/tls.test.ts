import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificateFor } from './certificate.fixture.ts';
import { createHttpClient } from './create-http-client.ts';
import { httpPeer, LOOPBACK_ALLOWED } from './peer.fixture.ts';

const pair = certificateFor('chat.example.com');
const seen: { host: string | undefined; servername: unknown }[] = [];
const server = createServer(pair, (request, response) => {
  seen.push({ host: request.headers.host, servername: 'servername' in request.socket ? request.socket.servername : undefined });
  response.end('ok');
});
let port = 0;
const resolve = () => Promise.resolve(['127.0.0.1']);
const trusting = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'test', resolve, extraCertificates: [pair.cert] });
const wary = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'test', resolve });

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await Promise.all([trusting.close(), wary.close()]);
  await new Promise((done) => server.close(done));
});

it('SS-02: the checked address is dialled while Host and the TLS name stay those of the URL', async () => {
  const answer = await trusting.request({ method: 'GET', url: `https://chat.example.com:${port}/` });
  expect(answer).toMatchObject({ ok: true, status: 200 });
  expect(seen).toEqual([{ host: `chat.example.com:${port}`, servername: 'chat.example.com' }]);
});

it('SS-02: a certificate for another name is refused and nothing is sent', async () => {
  for (const host of ['other.example.com', '127.0.0.1']) {
    const answer = await trusting.request({ method: 'POST', url: `https://${host}:${port}/`, body: { json: {} } });
    expect(answer).toMatchObject({ ok: false, reason: 'tls', mayHaveArrived: false });
  }
  expect(seen).toHaveLength(1);
});

it('a certificate nobody vouches for is refused and nothing is sent', async () => {
  const answer = await wary.request({ method: 'POST', url: `https://chat.example.com:${port}/`, body: { json: {} } });
  expect(answer).toMatchObject({ ok: false, reason: 'tls', mayHaveArrived: false });
  expect(seen).toHaveLength(1);
});

it('a peer that does not speak TLS is a TLS failure', async () => {
  await using plain = await httpPeer((_request, response) => response.end());
  const answer = await wary.request({ method: 'POST', url: `https://chat.example.com:${plain.port}/`, body: { json: {} } });
  expect(answer).toMatchObject({ ok: false, reason: 'tls', mayHaveArrived: false });
});
