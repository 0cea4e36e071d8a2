import { describe, expect, it } from 'vitest';
import { Secret } from '#platform/crypto';
import { maskSecrets } from './mask-secrets.ts';

describe('what an audit entry shows', () => {
  it('masks values under secret names at any depth and in any spelling, and keeps the rest', () => {
    const shown = maskSecrets({
      name: 'Evo',
      adminSecret: 'CANARY',
      nested: [{ 'X-Api-Key': 'CANARY', access_token: { deep: 'CANARY' } }],
      hasToken: true,
      tokens: 3,
    });
    expect(JSON.stringify(shown)).not.toContain('CANARY');
    expect(shown).toMatchObject({ name: 'Evo', adminSecret: '[secret]', hasToken: true, tokens: 3 });
  });

  it('never opens a Secret, whatever its name', () => {
    expect(maskSecrets({ hint: new Secret('CANARY-CANARY') })).toEqual({ hint: '[secret]' });
  });

  it('is plain JSON that PostgreSQL accepts: dates as text, no U+0000, no half characters, no endless depth', () => {
    const deep: Record<string, unknown> = {};
    let inner = deep;
    for (let level = 0; level < 50; level += 1) inner = inner['in'] = {};
    const shown = maskSecrets({ at: new Date(0), text: 'a\u0000b\uD800', nothing: undefined, deep });
    expect(shown).toMatchObject({ at: '1970-01-01T00:00:00.000Z', text: 'ab\uFFFD' });
    expect(JSON.stringify(shown)).toContain('[deep]');
  });

  it('is null for nothing', () => {
    expect([maskSecrets(undefined), maskSecrets(null)]).toEqual([null, null]);
  });
});
