import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient } from './create-http-client.ts';
import { dialTcp } from './connector.ts';
import { compilePolicy, type EgressPolicy } from './egress-policy.ts';
import { httpPeer, LOOPBACK_ALLOWED, NOTHING_ALLOWED, type Peer } from './peer.fixture.ts';

const PUBLIC = '93.184.216.34';
let sink: Peer;

beforeAll(async () => {
  sink = await httpPeer((_request, response) => response.end('reached'));
});
afterAll(() => sink[Symbol.asyncDispose]());

const names: Readonly<Record<string, readonly string[]>> = {
  'public.example.com': [PUBLIC],
  'private.example.com': ['10.0.0.7'],
  'loop.example.com': ['127.0.0.1'],
  'mixed.example.com': [PUBLIC, '127.0.0.1'],
  'mixed6.example.com': [PUBLIC, '::1'],
  'metadata.example.com': ['169.254.169.254'],
  'nat64.example.com': ['64:ff9b::7f00:1'],
  good: ['127.0.0.1'],
  chatwoot: ['172.18.0.5'],
  postgres: ['172.18.0.9'],
};
const resolve = (hostname: string): Promise<readonly string[]> =>
  hostname in names ? Promise.resolve(names[hostname] ?? []) : Promise.reject(Object.assign(new Error('no name'), { code: 'ENOTFOUND' }));

function clientFor(policy: EgressPolicy, ask = resolve) {
  const dialled: string[] = [];
  const client = createHttpClient({
    policy,
    userAgent: 'test',
    resolve: ask,
    dial: (to) => {
      dialled.push(`${to.address}:${to.port}`);
      return to.address.startsWith('127.') ? dialTcp(to) : new Socket().destroy(Object.assign(new Error(), { code: 'ECONNREFUSED' }));
    },
  });
  return { client, dialled };
}

const LITERALS = [
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '127.1',
  '127.0.1',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '１２７.0.0.1',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '168.63.129.16',
  '100.100.100.200',
  '198.18.0.1',
  '192.0.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[4000::1]',
];

const NAMES = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'app.localhost',
  'printer.local',
  'metadata.google.internal',
  '1.0.0.127.in-addr.arpa',
  'private.example.com',
  'loop.example.com',
  'loop.example.com.',
  'mixed.example.com',
  'mixed6.example.com',
  'metadata.example.com',
  'nat64.example.com',
  'good',
];

describe('SS-02: nothing private is reached with no host or range listed', () => {
  const cases = [
    ...LITERALS.flatMap((host) => ['http', 'https'].map((scheme) => ({ host, scheme }))),
    ...NAMES.flatMap((host) => ['http', 'https'].map((scheme) => ({ host, scheme }))),
  ];

  it.each(cases)('$scheme://$host is blocked before a connection is tried', async ({ host, scheme }) => {
    const { client, dialled } = clientFor({ ...NOTHING_ALLOWED, httpAllowed: true });
    let why = '';
    for (const port of ['', `:${sink.port}`]) {
      const answer = await client.request({ method: 'GET', url: `${scheme}://${host}${port}/`, maxRedirects: 3 });
      expect(answer).toMatchObject({ ok: false, reason: 'blocked', mayHaveArrived: false });
      if (port === '' && !answer.ok) why = answer.detail;
    }
    expect(why).toMatch(/^(address|host name) not allowed$/);
    expect(dialled).toEqual([]);
    expect(sink.bytes()).toBe(0);
    await client.close();
  });

  it.each([
    'http://a@b@127.0.0.1/',
    'https://user:pw@public.example.com/',
    'https://public.example.com@127.0.0.1/',
    'http://good\\@127.0.0.1/',
    'http://[fe80::1%25eth0]/',
    'http://[::1/',
    'http:///',
    'ftp://public.example.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    '//127.0.0.1/',
    '/relative',
    '',
    'https://999.999.999.999/',
    'https://127.0.0.1:99999/',
  ])('%j is blocked', async (url) => {
    const { client, dialled } = clientFor({ ...NOTHING_ALLOWED, httpAllowed: true });
    expect(await client.request({ method: 'GET', url })).toMatchObject({ ok: false, reason: 'blocked', mayHaveArrived: false });
    expect(dialled).toEqual([]);
    expect(sink.bytes()).toBe(0);
  });

  it('no detail names an address, a port or a host (SS-04)', async () => {
    const { client } = clientFor(NOTHING_ALLOWED);
    for (const host of [...LITERALS, ...NAMES]) {
      const answer = await client.request({ method: 'GET', url: `https://${host}:8443/` });
      expect(answer.ok ? '' : answer.detail).not.toMatch(/\d|example|localhost/);
    }
  });
});

describe('SS-02: public targets', () => {
  const denied = async (url: string, policy: EgressPolicy) => {
    const { client, dialled } = clientFor(policy);
    const answer = await client.request({ method: 'GET', url });
    return { why: answer.ok ? 'ok' : `${answer.reason}: ${answer.detail}`, dialled };
  };

  it('takes https on port 443', async () => {
    const { dialled } = await denied('https://public.example.com/', NOTHING_ALLOWED);
    expect(dialled).toEqual([`${PUBLIC}:443`]);
  });

  it('refuses other ports and plain http', async () => {
    expect(await denied('https://public.example.com:8443/', NOTHING_ALLOWED)).toEqual({ why: 'blocked: port not allowed', dialled: [] });
    expect(await denied('http://public.example.com/', NOTHING_ALLOWED)).toEqual({ why: 'blocked: plain http not allowed', dialled: [] });
  });

  it('takes plain http on port 80 when the operator allows plain http', async () => {
    const open = { ...NOTHING_ALLOWED, httpAllowed: true };
    expect((await denied('http://public.example.com/', open)).dialled).toEqual([`${PUBLIC}:80`]);
    expect((await denied('http://public.example.com:22/', open)).dialled).toEqual([]);
  });

  it('takes any port and plain http of a listed host', async () => {
    const open = { ...NOTHING_ALLOWED, allowHosts: ['Public.Example.com'] };
    expect((await denied('http://public.example.com:3000/', open)).dialled).toEqual([`${PUBLIC}:3000`]);
  });
});

describe('SS-02: names that change their mind', () => {
  it('connects to the address that was checked, asking the resolver once per connection (rebinding)', async () => {
    let asked = 0;
    const { client, dialled } = clientFor({ ...NOTHING_ALLOWED, httpAllowed: true }, () => {
      asked += 1;
      return Promise.resolve(asked % 2 === 1 ? [PUBLIC] : ['127.0.0.1']);
    });
    const url = 'http://rebind.example.com/';
    expect(await client.request({ method: 'POST', url })).toMatchObject({ reason: 'refused' });
    expect({ asked, dialled }).toEqual({ asked: 1, dialled: [`${PUBLIC}:80`] });
    expect(await client.request({ method: 'POST', url })).toMatchObject({ reason: 'blocked', mayHaveArrived: false });
    expect(dialled).toHaveLength(1);
    expect(sink.bytes()).toBe(0);
  });

  it('writes nothing when the socket turns out to be connected elsewhere', async () => {
    const client = createHttpClient({
      policy: { ...NOTHING_ALLOWED, httpAllowed: true },
      userAgent: 'test',
      resolve,
      dial: () => dialTcp({ address: '127.0.0.1', port: sink.port }),
    });
    for (const scheme of ['http', 'https']) {
      const answer = await client.request({ method: 'GET', url: `${scheme}://public.example.com/` });
      expect(answer).toMatchObject({ ok: false, reason: 'blocked', mayHaveArrived: false, detail: 'connected elsewhere than checked' });
    }
    expect(sink.bytes()).toBe(0);
  });
});

describe('SS-02: redirects are checked like first addresses', () => {
  it.each([
    'http://169.254.169.254/latest/',
    'http://10.0.0.1/',
    'http://localhost/',
    'file:///etc/passwd',
    'http://[::1]/',
    '//0.0.0.0/',
    'http://a@loop.example.com/',
  ])('a redirect to %s is blocked', async (location) => {
    await using door = await httpPeer((_request, response) => response.writeHead(302, { location }).end());
    const { client, dialled } = clientFor(LOOPBACK_ALLOWED);
    const answer = await client.request({ method: 'GET', url: `${door.url}/`, maxRedirects: 3 });
    expect(answer).toMatchObject({ ok: false, reason: 'blocked', mayHaveArrived: false });
    expect(dialled).toHaveLength(1);
  });
});

describe('SS-03: what the operator lists', () => {
  const verdict = async (policy: Partial<EgressPolicy>, url: string, address: string) => {
    const rules = compilePolicy({ ...NOTHING_ALLOWED, ...policy }, resolve);
    const target = rules.target(url);
    return target.ok && (await rules.admits(target.value, address)).ok;
  };

  it('a listed host may be private, on any port, over plain http', async () => {
    expect(await verdict({ allowHosts: ['chatwoot'] }, 'http://chatwoot:3000/', '172.18.0.5')).toBe(true);
    expect(await verdict({ allowHosts: ['chatwoot'] }, 'http://other:3000/', '172.18.0.5')).toBe(false);
    expect(await verdict({ allowHosts: ['chatwoot.internal'] }, 'https://chatwoot.internal/', 'fd12::1')).toBe(true);
    expect(await verdict({ allowHosts: ['fd12::1'] }, 'http://[fd12::1]:3000/', 'fd12::1')).toBe(true);
  });

  it('a listed range is let through for every name that points there', async () => {
    expect(await verdict({ allowCidrs: ['172.18.0.0/16'] }, 'http://anything:3000/', '172.18.0.5')).toBe(true);
    expect(await verdict({ allowCidrs: ['172.18.0.0/16'] }, 'http://anything:3000/', '172.19.0.5')).toBe(false);
    expect(await verdict({ allowCidrs: ['fd12::/16'] }, 'https://anything:3000/', 'fd12::9')).toBe(true);
  });

  it.each([
    '169.254.169.254',
    'fd00:ec2::254',
    'fe80::1',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::',
    '::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '224.0.0.1',
    '255.255.255.255',
  ])('%s stays closed whatever is listed', async (address) => {
    const everything = { allowHosts: ['chatwoot'], allowCidrs: ['0.0.0.0/0', '::/0'], httpAllowed: true };
    expect(await verdict(everything, 'http://chatwoot/', address)).toBe(false);
    expect(await verdict(everything, 'https://chatwoot/', address)).toBe(false);
  });

  it('loopback opens only when it is named as loopback', async () => {
    expect(await verdict({ allowHosts: ['chatwoot'], allowCidrs: ['0.0.0.0/0', '::/0'] }, 'http://chatwoot/', '127.0.0.1')).toBe(false);
    expect(await verdict({ allowHosts: ['localhost'] }, 'http://localhost:3000/', '127.0.0.1')).toBe(true);
    expect(await verdict({ allowHosts: ['127.0.0.1'] }, 'http://127.0.0.1:3000/', '127.0.0.1')).toBe(true);
    expect(await verdict({ allowCidrs: ['127.0.0.0/8'] }, 'http://chatwoot/', '127.0.0.1')).toBe(true);
    expect(await verdict({ allowCidrs: ['::1/128'] }, 'http://chatwoot/', '::1')).toBe(true);
  });

  it('the own database and Redis stay closed on their port, by any name or address of theirs', async () => {
    const policy = {
      allowHosts: ['chatwoot', 'postgres'],
      allowCidrs: ['172.18.0.0/16', '127.0.0.0/8'],
      denyAddresses: [
        { host: 'postgres', port: 5432 },
        { host: '127.0.0.1', port: 6379 },
        { host: 'unresolvable', port: 7000 },
      ],
    };
    expect(await verdict(policy, 'http://postgres:5432/', '172.18.0.9')).toBe(false);
    expect(await verdict(policy, 'http://chatwoot:5432/', '172.18.0.9')).toBe(false);
    expect(await verdict(policy, 'http://chatwoot:5432/', '172.18.0.5')).toBe(true);
    expect(await verdict(policy, 'http://postgres:3000/', '172.18.0.9')).toBe(true);
    expect(await verdict(policy, 'http://chatwoot:6379/', '127.9.9.9')).toBe(false);
    expect(await verdict(policy, 'http://chatwoot:7000/', '172.18.0.5')).toBe(false);
  });

  it('a setting that is not a host or a range is refused at start', () => {
    for (const host of ['http://chatwoot', 'chatwoot:x', 'a/b', 'a@b', '']) {
      expect(() => compilePolicy({ ...NOTHING_ALLOWED, allowHosts: [host] }, resolve)).toThrow('not a host name');
    }
    expect(() => compilePolicy({ ...NOTHING_ALLOWED, allowCidrs: ['10.0.0.1'] }, resolve)).toThrow('not an address range');
  });

  it('a host listed with a port opens that port only', async () => {
    const rules = compilePolicy({ ...NOTHING_ALLOWED, allowHosts: ['127.0.0.1:4750'] }, resolve);
    const at = (port: number) => ({ hostname: '127.0.0.1', port, secure: false });
    expect(await rules.admits(at(4750), '127.0.0.1')).toMatchObject({ ok: true });
    expect(await rules.admits(at(4751), '127.0.0.1')).toMatchObject({ ok: false });
  });
});
