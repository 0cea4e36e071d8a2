import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '#platform/crypto';
import { createHttpClient } from './create-http-client.ts';
import { BodyInterrupted } from './incoming-body.ts';
import { httpPeer, LOOPBACK_ALLOWED, tcpPeer } from './peer.fixture.ts';

const client = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'hub/1' });
afterAll(() => client.close());

const text = (answer: Awaited<ReturnType<typeof client.request>>): string =>
  answer.ok ? answer.body.toString() : `failed: ${answer.reason}`;
const gap = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('what is sent', () => {
  it('sends method, path, query, JSON body and the bare headers of the Hub', async () => {
    await using peer = await httpPeer((_request, response) => response.end());
    await client.request({ method: 'POST', url: `${peer.url}/a%20b?c=d#e`, body: { json: { text: 'olá' } } });
    expect(peer.text()).toMatch(/^POST \/a%20b\?c=d HTTP\/1\.1\r\n/);
    expect(peer.text().toLowerCase()).toContain(`host: 127.0.0.1:${peer.port}\r\n`);
    expect(peer.text().toLowerCase()).toContain('user-agent: hub/1\r\naccept-encoding: identity\r\ncontent-type: application/json\r\n');
    expect(Buffer.from(peer.text(), 'latin1').toString()).toContain('{"text":"olá"}');
    expect(peer.text().toLowerCase()).toContain('content-length: 15');
  });

  it('SE-05: secrets in headers and JSON are unwrapped on the wire only', async () => {
    await using peer = await httpPeer((_request, response) => response.end());
    const request = {
      method: 'POST' as const,
      url: peer.url,
      headers: { api_access_token: new Secret('s3cr3t-header') },
      body: { json: { webhook: { token: new Secret('s3cr3t-body') }, note: '[secret]' } },
    };
    expect(JSON.stringify(request)).not.toContain('s3cr3t');
    await client.request(request);
    expect(peer.text()).toContain('api_access_token: s3cr3t-header\r\n');
    expect(peer.text()).toContain('{"webhook":{"token":"s3cr3t-body"},"note":"[secret]"}');
  });

  it('sends a form held in memory with its length, names quoted', async () => {
    await using peer = await httpPeer((_request, response) => response.end());
    const form = [
      { name: 'content', value: 'hi' },
      { name: 'attachments[]', fileName: 'a"b\r\n.png', contentType: 'image/png', content: Buffer.from([1, 2]) },
    ];
    await client.request({ method: 'POST', url: peer.url, body: { form } });
    expect(peer.text()).toMatch(/content-length: \d+/i);
    expect(peer.text()).toContain('name="content"\r\n\r\nhi\r\n--');
    expect(peer.text()).toContain('name="attachments[]"; filename="a%22b%0D%0A.png"\r\ncontent-type: image/png\r\n\r\n\x01\x02\r\n--');
  });

  it('sends a form with a streamed part piece by piece', async () => {
    let received = '';
    await using peer = await httpPeer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
      request.on('end', () => response.end());
    });
    async function* content() {
      yield Buffer.from('one ');
      await gap();
      yield Buffer.from('two');
    }
    const form = [{ name: 'file', fileName: 'f.txt', contentType: 'text/plain', content: content() }];
    expect((await client.request({ method: 'POST', url: peer.url, body: { form } })).ok).toBe(true);
    expect(peer.text()).toMatch(/transfer-encoding: chunked/i);
    expect(received).toContain('\r\n\r\none two\r\n--');
  });

  it('sends a raw stream with its content type', async () => {
    await using peer = await httpPeer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk)).on('end', () => response.end(`${request.headers['content-type']}|${body}`));
    });
    async function* stream() {
      yield 'a';
      yield Buffer.from('b');
    }
    expect(text(await client.request({ method: 'POST', url: peer.url, body: { stream: stream(), contentType: 'x/y' } }))).toBe('x/y|ab');
  });

  it('SS-02: line breaks in a header or in the path never reach the wire', async () => {
    await using peer = await httpPeer((_request, response) => response.end());
    const bad = await client.request({ method: 'GET', url: peer.url, headers: { 'x-a': 'b\r\nhost: evil' } });
    expect(bad).toMatchObject({ ok: false, reason: 'blocked', mayHaveArrived: false });
    expect(await client.request({ method: 'GET', url: peer.url, headers: { 'x\r\ny': 'b' } })).toMatchObject({
      ok: false,
      reason: 'blocked',
    });
    expect(peer.bytes()).toBe(0);
    await client.request({ method: 'GET', url: `${peer.url}/a\r\nx-injected:1`, headers: { Host: 'evil' } });
    expect(peer.text()).toMatch(/^GET \/ax-injected:1 HTTP/);
    expect(peer.text()).not.toContain('evil');
  });

  it('SS-02: proxies named in the environment are not used', async () => {
    await using proxy = await tcpPeer();
    await using peer = await httpPeer((_request, response) => response.end('direct'));
    process.env['http_proxy'] = proxy.url;
    process.env['HTTP_PROXY'] = proxy.url;
    try {
      const fresh = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'hub/1' });
      expect(text(await fresh.request({ method: 'GET', url: peer.url }))).toBe('direct');
      await fresh.close();
    } finally {
      delete process.env['http_proxy'];
      delete process.env['HTTP_PROXY'];
    }
    expect(proxy.connections()).toBe(0);
  });
});

describe('what comes back', () => {
  it('gives status, lower-case headers and the body, whatever the status', async () => {
    await using peer = await httpPeer((_request, response) => {
      response.writeHead(422, { 'X-Thing': 'a', 'set-cookie': ['b=1', 'c=2'] }).end('no');
    });
    const answer = await client.request({ method: 'GET', url: peer.url });
    expect(answer).toMatchObject({ ok: true, status: 422, headers: { 'x-thing': 'a', 'set-cookie': 'b=1, c=2' } });
    expect(text(answer)).toBe('no');
  });

  it('keeps connections between requests', async () => {
    await using peer = await httpPeer((_request, response) => response.end('x'));
    for (let at = 0; at < 20; at += 1) await client.request({ method: 'POST', url: peer.url, body: { json: { at } } });
    // undici frees a connection one turn of the event loop after its answer, so a tight sequence alternates between two.
    expect(peer.connections()).toBeLessThanOrEqual(2);
  });

  it('SS-02: a compressed answer is handed over as it came, never inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024));
    await using peer = await httpPeer((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const answer = await client.request({ method: 'GET', url: peer.url, maxBytes: 10_000 });
    expect(answer.ok && answer.body.equals(bomb)).toBe(true);
  });

  it('SS-02: an answer above maxBytes is cut off, announced or not', async () => {
    let sent = 0;
    await using announced = await httpPeer((_request, response) =>
      response.writeHead(200, { 'content-length': 10_000_000_000 }).write('x'),
    );
    await using endless = await httpPeer((_request, response) => {
      const more = (): void => {
        for (let at = 0; at < 64 && !response.destroyed; at += 1) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) break;
        }
      };
      response.on('drain', more);
      more();
    });
    for (const peer of [announced, endless]) {
      const answer = await client.request({ method: 'GET', url: peer.url, maxBytes: 100_000 });
      expect(answer).toMatchObject({ ok: false, reason: 'too-large', mayHaveArrived: true });
    }
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('SS-02: a slow body ends at the deadline', async () => {
    await using peer = await httpPeer((_request, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    });
    const started = performance.now();
    expect(await client.request({ method: 'GET', url: peer.url, timeoutMs: 60 })).toMatchObject({
      reason: 'timeout',
      mayHaveArrived: true,
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('whether it may have arrived', () => {
  it('no: nobody listens', async () => {
    const peer = await tcpPeer();
    await peer[Symbol.asyncDispose]();
    expect(await client.request({ method: 'POST', url: peer.url })).toMatchObject({ reason: 'refused', mayHaveArrived: false });
  });

  it('no: the name is unknown', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND private.name'), { code: 'ENOTFOUND' }));
    const lost = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'hub/1', resolve });
    const answer = await lost.request({ method: 'POST', url: 'https://private.name/' });
    expect(answer).toEqual({ ok: false, reason: 'dns', mayHaveArrived: false, detail: 'name not resolved (ENOTFOUND)' });
  });

  it('no: the time was used up before a connection was there, and nothing is written afterwards', async () => {
    await using peer = await httpPeer((_request, response) => response.end());
    const resolve = () => new Promise<readonly string[]>((done) => setTimeout(() => done(['127.0.0.1']), 30));
    const slow = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'hub/1', resolve });
    const answer = await slow.request({ method: 'POST', url: `http://slow.name:${peer.port}/`, timeoutMs: 10 });
    expect(answer).toMatchObject({ reason: 'timeout', mayHaveArrived: false });
    await new Promise((done) => setTimeout(done, 45));
    expect(peer.bytes()).toBe(0);
    await slow.close();
  });

  it('yes: written, then silence', async () => {
    await using peer = await tcpPeer();
    const answer = await client.request({ method: 'POST', url: peer.url, body: { json: {} }, timeoutMs: 40 });
    expect(answer).toMatchObject({ reason: 'timeout', mayHaveArrived: true });
  });

  it('yes: the connection breaks off after the request or within the answer', async () => {
    await using reset = await tcpPeer((socket) => socket.on('data', () => socket.resetAndDestroy()));
    await using half = await tcpPeer((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')));
    await using noise = await tcpPeer((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    for (const peer of [reset, half, noise]) {
      const answer = await client.request({ method: 'POST', url: peer.url, body: { json: {} } });
      expect(answer).toMatchObject({ ok: false, reason: 'dropped', mayHaveArrived: true });
      expect(answer.ok ? '' : answer.detail).not.toContain('SSH');
      expect(peer.connections()).toBe(1);
    }
  });

  it('tries the next checked address when one does not take the connection', async () => {
    await using peer = await httpPeer((_request, response) => response.end('second'));
    const resolve = () => Promise.resolve(['127.0.0.9', '127.0.0.1']);
    const two = createHttpClient({ policy: LOOPBACK_ALLOWED, userAgent: 'hub/1', resolve });
    expect(text(await two.request({ method: 'POST', url: `http://two.name:${peer.port}/` }))).toBe('second');
    await two.close();
  });
});

describe('a kept connection that the peer lets go of', () => {
  const closing = (requests: { count: number }) =>
    tcpPeer((socket) => {
      let first = true;
      socket.on('data', () => {
        requests.count += 1;
        if (requests.count > 1 && !first) return socket.resetAndDestroy();
        first = false;
        return socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });

  it('GET is asked once more on another connection', async () => {
    const requests = { count: 0 };
    await using peer = await closing(requests);
    expect(text(await client.request({ method: 'GET', url: peer.url }))).toBe('ok');
    await gap();
    expect(text(await client.request({ method: 'GET', url: peer.url }))).toBe('ok');
    expect({ connections: peer.connections(), requests: requests.count }).toEqual({ connections: 2, requests: 3 });
  });

  it('POST is not repeated and may have arrived', async () => {
    const requests = { count: 0 };
    await using peer = await closing(requests);
    expect(text(await client.request({ method: 'POST', url: peer.url }))).toBe('ok');
    await gap();
    expect(await client.request({ method: 'POST', url: peer.url })).toMatchObject({ reason: 'dropped', mayHaveArrived: true });
    expect({ connections: peer.connections(), requests: requests.count }).toEqual({ connections: 1, requests: 2 });
  });

  it('GET is repeated once only', async () => {
    await using peer = await tcpPeer((socket) => socket.on('data', () => socket.resetAndDestroy()));
    expect(await client.request({ method: 'GET', url: peer.url })).toMatchObject({ reason: 'dropped', mayHaveArrived: true });
    expect(peer.connections()).toBe(2);
  });
});

describe('redirects', () => {
  it('are handed over unless asked for, and only a GET follows them', async () => {
    await using peer = await httpPeer((_request, response) => response.writeHead(307, { location: '/next' }).end());
    expect(await client.request({ method: 'GET', url: peer.url })).toMatchObject({ ok: true, status: 307 });
    expect(await client.request({ method: 'POST', url: peer.url, maxRedirects: 3 })).toMatchObject({ ok: true, status: 307 });
    expect(peer.text().match(/HTTP\/1\.1/g)).toHaveLength(2);
  });

  it('end at the limit, also when they go in a circle', async () => {
    await using peer = await httpPeer((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await client.request({ method: 'GET', url: peer.url, maxRedirects: 3 })).toMatchObject({ ok: true, status: 302 });
    expect(peer.text().match(/HTTP\/1\.1/g)).toHaveLength(4);
  });

  it('SS-02: on another origin every header of the caller but accept and range is dropped', async () => {
    await using media = await httpPeer((_request, response) => response.end('picture'));
    await using peer = await httpPeer((request, response) => {
      response.writeHead(302, { location: request.url === '/' ? '/same' : `${media.url}/x` }).end();
    });
    const headers = { authorization: new Secret('s3cr3t'), Cookie: 'c=1', apikey: 'k3y', accept: 'image/*' };
    expect(text(await client.request({ method: 'GET', url: peer.url, headers, maxRedirects: 2 }))).toBe('picture');
    expect(peer.text().match(/s3cr3t/g)).toHaveLength(2);
    expect(media.text()).toContain('accept: image/*');
    expect(media.text()).not.toMatch(/s3cr3t|k3y|c=1/);
  });
});

describe('streamed answers', () => {
  it('give the body in pieces', async () => {
    await using peer = await httpPeer((_request, response) => {
      response.write('one ');
      setTimeout(() => response.end('two'), 5);
    });
    const answer = await client.stream({ method: 'GET', url: peer.url });
    let body = '';
    if (answer.ok) for await (const chunk of answer.body) body += Buffer.from(chunk).toString();
    expect(body).toBe('one two');
  });

  it('hold the peer back while nobody reads', async () => {
    let sent = 0;
    await using peer = await httpPeer((_request, response) => {
      const more = (): void => {
        while (sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    const answer = await client.stream({ method: 'GET', url: peer.url, maxBytes: 100 * 1024 * 1024 });
    let before = -1;
    for (let at = 0; at < 20 && sent !== before; at += 1) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    let size = 0;
    if (answer.ok) for await (const chunk of answer.body) size += chunk.length;
    expect(size).toBe(64 * 1024 * 1024);
  });

  it('throw when they break off or grow too large, carrying the failure', async () => {
    await using half = await tcpPeer((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')));
    await using large = await httpPeer((_request, response) => {
      response.write('x'.repeat(50));
      setTimeout(() => response.end('x'.repeat(100)), 5);
    });
    const reasons: string[] = [];
    let read = 0;
    for (const url of [half.url, large.url]) {
      const answer = await client.stream({ method: 'GET', url, maxBytes: 100 });
      try {
        if (answer.ok) for await (const chunk of answer.body) read += chunk.length;
      } catch (error) {
        reasons.push(error instanceof BodyInterrupted ? error.answer.reason : 'other');
      }
    }
    expect(reasons).toEqual(['dropped', 'too-large']);
    expect(read).toBeLessThanOrEqual(103);
  });

  it('let the connection go when the reader leaves', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<string>((resolve) => (closed = () => resolve('closed')));
    await using peer = await httpPeer((_request, response) => {
      response.on('close', closed);
      response.write('first');
    });
    const answer = await client.stream({ method: 'GET', url: peer.url });
    if (answer.ok) for await (const chunk of answer.body) if (chunk.length > 0) break;
    expect(await gone).toBe('closed');
  });

  it('a body that was never sent is let go too', async () => {
    await using peer = await httpPeer((_request, response) => response.end('never read'));
    const picture = await client.stream({ method: 'GET', url: peer.url });
    if (!picture.ok) throw new Error('no picture');
    const form = [{ name: 'file', fileName: 'f', contentType: 'x/y', content: picture.body }];
    expect(await client.request({ method: 'POST', url: 'https://10.0.0.1/', body: { form } })).toMatchObject({ reason: 'blocked' });
    for await (const chunk of picture.body) expect(chunk.length).toBe(0);
  });

  it('a source that fails half way fails the request', async () => {
    await using peer = await httpPeer((request, response) => request.on('end', () => response.end()).resume());
    async function* stream() {
      yield 'first';
      await gap();
      throw new Error('source broke: s3cr3t');
    }
    const answer = await client.request({ method: 'POST', url: peer.url, body: { stream: stream(), contentType: 'x/y' } });
    expect(answer).toMatchObject({ ok: false, reason: 'dropped', mayHaveArrived: true });
    expect(JSON.stringify(answer)).not.toContain('s3cr3t');
  });
});

it('a warm request costs little (figure only)', async () => {
  await using peer = await tcpPeer((socket) => socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')));
  const request = {
    method: 'POST',
    url: peer.url,
    headers: { token: new Secret('x') },
    body: { json: { number: '55', text: 'hi' } },
  } as const;
  for (let at = 0; at < 300; at += 1) await client.request(request);
  const before = process.cpuUsage();
  let answered = 0;
  for (let at = 0; at < 1_000; at += 1) answered += (await client.request(request)).ok ? 1 : 0;
  const { user, system } = process.cpuUsage(before);
  console.info(`warm request, both ends: ${((user + system) / 1e6).toFixed(3)} ms CPU`);
  expect(answered).toBe(1_000);
});
