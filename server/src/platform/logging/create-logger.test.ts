import { describe, expect, it } from 'vitest';
import { createLogger, type LogLevel } from './create-logger.ts';

function capture(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? 'null') };
}

describe('lines', () => {
  it('are JSON with level, time, message and fields', () => {
    const { logger, last } = capture();
    logger.info('message delivered', { accountId: 'a1', tries: 2 });
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      message: 'message delivered',
      accountId: 'a1',
      tries: 2,
    });
  });

  it('carry the fields of their child loggers', () => {
    const { logger, last } = capture();
    logger.child({ requestId: 'r1', token: 'abc' }).child({ accountId: 'a1' }).warn('slow');
    expect(last()).toMatchObject({ level: 'warn', requestId: 'r1', token: '[secret]', accountId: 'a1' });
  });

  it('below the level are not written, nor are their fields looked at', () => {
    const { logger, lines } = capture('warn');
    logger.info('x', {
      get broken(): string {
        throw new Error('looked at');
      },
    });
    logger.debug('x');
    expect(lines).toEqual([]);
  });

  it('SE-08: stay one line, and fields cannot pass for the parts of the line', () => {
    const { logger, lines, last } = capture();
    logger.error('a\n{"level":"info"}', { level: 'debug', time: 1, message: 'other', note: 'x\r\ny %s %j' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\r\n]/);
    expect(last()).toMatchObject({ level: 'error', message: 'a\n{"level":"info"}', field_level: 'debug', field_message: 'other' });
  });
});

describe('SE-08: allow-listed parts', () => {
  it('req shows method, route pattern, id and a hashed address', () => {
    const { logger, last, lines } = capture();
    const req = {
      method: 'POST',
      url: '/hooks/uazapi/t0k3n',
      route: { path: '/hooks/:source/:token' },
      id: 'r1',
      ip: '203.0.113.9',
      headers: { cookie: 's3cr3t' },
      body: { text: 'hello' },
    };
    logger.info('request', { req, res: { statusCode: 201, getHeaders: () => ({}), headers: { 'set-cookie': 's3cr3t' } } });
    expect(last()).toMatchObject({
      req: { method: 'POST', route: '/hooks/:source/:token', id: 'r1', ip_hash: expect.stringMatching(/^ip#[a-p]{10}$/) },
      res: { status: 201 },
    });
    expect(lines.join()).not.toMatch(/t0k3n|s3cr3t|hello|203\.0/);
  });

  it('err shows type, code, message, stack and causes only', () => {
    const { logger, last, lines } = capture();
    class PeerError extends Error {
      override readonly name = 'PeerError';
      readonly code = 'E_PEER';
      readonly response = { headers: { echo: 's3cr3t' }, data: 's3cr3t' };
    }
    logger.error('failed', { err: new PeerError('apikey=s3cr3t', { cause: new TypeError('inner token: s3cr3t') }) });
    expect(last()).toMatchObject({
      err: {
        type: 'PeerError',
        code: 'E_PEER',
        message: 'apikey=[secret]',
        stack: expect.stringContaining('create-logger.test'),
        cause: { type: 'TypeError' },
      },
    });
    expect(lines.join()).not.toContain('s3cr3t');
    logger.error('failed', { err: 'password=s3cr3t' });
    logger.error('password=s3cr3t', { err: undefined, error: new Error('token=s3cr3t') });
    expect(lines.join()).not.toContain('s3cr3t');
  });
});

it('SE-08: the cost of a line (figure only)', () => {
  const { logger, lines } = capture();
  const child = logger.child({ requestId: '0190c1a2-7f1e-7b3a-9c55-0123456789ab' });
  const write = (at: number): void =>
    child.info('message delivered to chatwoot', {
      accountId: '0190c1a2-7f1e-7b3a-9c55-0123456789ab',
      messageId: '3EB0C431C26A1916E07A',
      direction: 'inbound',
      durationMs: 12.5 + at,
      instance: { id: 'i1', provider: 'uazapi', token: 'abc' },
    });
  for (let at = 0; at < 5_000; at += 1) write(at);
  const rounds: number[] = [];
  for (let round = 0; round < 21; round += 1) {
    const started = performance.now();
    for (let at = 0; at < 500; at += 1) write(at);
    rounds.push(((performance.now() - started) / 500) * 1_000);
  }
  console.info(`median cost of a line: ${rounds.toSorted((a, b) => a - b)[10]?.toFixed(1)} µs`);
  expect(lines).toHaveLength(5_000 + 21 * 500);
});
