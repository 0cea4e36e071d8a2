import { createHmac } from 'node:crypto';
import { Secret } from '#platform/crypto';
import { describe, expect, it } from 'vitest';
import { verifyChatwootSignature, type SignedDelivery } from './signature.ts';

const NOW = new Date('2026-06-17T12:00:00.000Z');
const NOW_SECONDS = NOW.getTime() / 1_000;
const SECRET = new Secret('s3cr3t-of-the-inbox-0001');
const OTHER = new Secret('s3cr3t-of-the-inbox-0002');
const BODY = Buffer.from('{"event":"message_created","id":1,"content":"ol\\u00e1 🎉"}');

function sign(secret: Secret, timestamp: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret.expose()).update(`${timestamp}.`).update(body).digest('hex')}`;
}

function delivery(changes: Partial<SignedDelivery> = {}): SignedDelivery {
  const timestamp = changes.timestamp ?? String(NOW_SECONDS);
  return { signature: sign(SECRET, timestamp, BODY), timestamp, rawBody: BODY, ...changes };
}

const flipped = Buffer.from(BODY);
flipped[10] = (flipped[10] ?? 0) ^ 1;
const valid = delivery();
const hex = (valid.signature ?? '').slice('sha256='.length);
const at = (offset: number): SignedDelivery => delivery({ timestamp: String(NOW_SECONDS + offset) });

describe('Chatwoot webhook signature', () => {
  it.each<[string, SignedDelivery, readonly Secret[], string]>([
    ['a right signature', valid, [SECRET], 'valid'],
    ['a right signature under the old secret of a rotation', valid, [OTHER, SECRET], 'valid'],
    ['the same bytes in uppercase hex', { ...valid, signature: `sha256=${hex.toUpperCase()}` }, [SECRET], 'valid'],
    [
      'an empty body that was signed',
      delivery({ rawBody: Buffer.alloc(0), signature: sign(SECRET, String(NOW_SECONDS), Buffer.alloc(0)) }),
      [SECRET],
      'valid',
    ],
    ['300 s in the past', at(-300), [SECRET], 'valid'],
    ['300 s in the future', at(300), [SECRET], 'valid'],
    ['301 s in the past', at(-301), [SECRET], 'stale'],
    ['301 s in the future', at(301), [SECRET], 'stale'],
    ['301 s in the past and tampered', { ...at(-301), rawBody: flipped }, [SECRET], 'invalid'],
    ['one flipped bit in the body', { ...valid, rawBody: flipped }, [SECRET], 'invalid'],
    ['added whitespace', { ...valid, rawBody: Buffer.concat([BODY, Buffer.from(' ')]) }, [SECRET], 'invalid'],
    ['a byte order mark', { ...valid, rawBody: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), BODY]) }, [SECRET], 'invalid'],
    ['another escape of the same text', { ...valid, rawBody: Buffer.from(BODY.toString().replace('\\u00e1', 'á')) }, [SECRET], 'invalid'],
    ['another timestamp', { ...valid, timestamp: String(NOW_SECONDS + 1) }, [SECRET], 'invalid'],
    ['a timestamp with a leading zero', { ...valid, timestamp: `0${NOW_SECONDS}` }, [SECRET], 'invalid'],
    ['no timestamp', { signature: valid.signature, timestamp: undefined, rawBody: BODY }, [SECRET], 'invalid'],
    ['a timestamp that is no number', delivery({ timestamp: '1e9' }), [SECRET], 'invalid'],
    [
      'a signature over the body alone',
      { ...valid, signature: `sha256=${createHmac('sha256', SECRET.expose()).update(BODY).digest('hex')}` },
      [SECRET],
      'invalid',
    ],
    ['another secret', valid, [OTHER], 'invalid'],
    ['no secret configured', valid, [], 'invalid'],
    ['an empty secret configured', { ...valid, signature: sign(new Secret(''), String(NOW_SECONDS), BODY) }, [new Secret('')], 'invalid'],
    ['an empty secret beside the right one', valid, [new Secret(''), SECRET], 'valid'],
    ['no header', { signature: undefined, timestamp: valid.timestamp, rawBody: BODY }, [SECRET], 'absent'],
    ['an empty header', { ...valid, signature: '' }, [SECRET], 'absent'],
    ['a header sent twice', { ...valid, signature: `${valid.signature}, ${valid.signature}` }, [SECRET], 'invalid'],
    ['no prefix', { ...valid, signature: hex }, [SECRET], 'invalid'],
    ['another algorithm', { ...valid, signature: `sha1=${hex}` }, [SECRET], 'invalid'],
    ['no hex', { ...valid, signature: `sha256=${'z'.repeat(64)}` }, [SECRET], 'invalid'],
    ['nothing after the prefix', { ...valid, signature: 'sha256=' }, [SECRET], 'invalid'],
    ['one digit too few', { ...valid, signature: `sha256=${hex.slice(1)}` }, [SECRET], 'invalid'],
    ['one digit too many', { ...valid, signature: `sha256=${hex}0` }, [SECRET], 'invalid'],
  ])('WH-03/WH-04: %s', (_what, offered, secrets, verdict) => {
    expect(verifyChatwootSignature(offered, secrets, NOW)).toBe(verdict);
  });
});
