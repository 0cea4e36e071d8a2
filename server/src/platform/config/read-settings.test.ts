import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsProblem } from './read-settings.ts';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsProblem) return error.problems;
    throw error;
  }
  return [];
};

describe('readSettings', () => {
  test('an empty environment gives every default, frozen', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ port: 4750, host: '127.0.0.1', publicUrl: 'http://127.0.0.1:4750', role: 'all', sandbox: true });
    expect(settings).toMatchObject({ laneConcurrency: 64, leaseSeconds: 30, trustProxy: 0, egressAllowHosts: [], egressAllowCidrs: [] });
    expect(settings.dataDir).toMatch(/\/\.hub$/);
    expect(settings.databaseUrl).toBeUndefined();
    expect(Object.isFrozen(settings)).toBe(true);
  });

  test('the sandbox is off in production unless asked for', () => {
    expect(readSettings({ NODE_ENV: 'production' }).sandbox).toBe(false);
    expect(readSettings({ NODE_ENV: 'production', HUB_SANDBOX: 'on' }).sandbox).toBe(true);
  });

  test('an empty value counts as not set', () => {
    expect(readSettings({ HUB_PORT: ' ', DATABASE_URL: '' })).toMatchObject({ port: 4750, databaseUrl: undefined });
  });

  test('every bad value is named in one go, in words', () => {
    const problems = problemsOf({ HUB_PORT: '70000', HUB_ROLE: 'boss', HUB_PUBLIC_URL: 'hub', HUB_EGRESS_ALLOW_CIDRS: '10.0.0.0/8,x' });
    expect(problems).toHaveLength(4);
    expect(problems[0]).toBe('HUB_PORT must be a whole number from 0 to 65535 (it is "70000")');
    expect(problems.join()).toContain('HUB_ROLE must be one of: all, api, worker');
  });

  test.each(['true', '10.0.0.0', 'loopback', '-1'])('HUB_TRUST_PROXY=%s is refused', (value) => {
    expect(problemsOf({ HUB_TRUST_PROXY: value })).toHaveLength(1);
  });

  test('HUB_TRUST_PROXY takes a number of proxies or address ranges', () => {
    expect(readSettings({ HUB_TRUST_PROXY: '2' }).trustProxy).toBe(2);
    expect(readSettings({ HUB_TRUST_PROXY: '10.0.0.0/8, fd00::/8' }).trustProxy).toEqual(['10.0.0.0/8', 'fd00::/8']);
  });

  test('a secret shows neither in the settings nor in the message about it', () => {
    const settings = readSettings({ DATABASE_URL: 'postgresql://u:canary-1@h/db', HUB_OPERATOR_PASSWORD: 'canary-long-enough' });
    expect(`${inspect(settings)}${JSON.stringify(settings)}`).not.toContain('canary');
    expect(problemsOf({ DATABASE_URL: 'canary', HUB_OPERATOR_PASSWORD: 'canary' }).join()).not.toContain('canary');
  });
});
