import { describe, expect, test } from 'vitest';
import { Secret } from '#platform/crypto';
import type { Provider } from '../provider.ts';
import { gatewayMessageId } from '../ids.ts';
import type { Fixture } from './fixtures.ts';
import { eachMutation, HOSTILE_BODIES } from './mutations.ts';
import { problemsOf } from './sound-events.ts';

const CANARY = 'canary-secret-in-a-webhook-77d1';
const someone = { token: new Secret('some other token') };

export function describeParsing(provider: Provider, fixtures: readonly Fixture[], secretProperties: readonly string[]): void {
  const parse = (fixture: Fixture, body = fixture.delivery.body) =>
    provider.parseWebhook({ body, headers: fixture.delivery.headers ?? {} });

  describe.each(fixtures)('$name', (fixture) => {
    test('means what was recorded', () => {
      const parsed = parse(fixture);
      expect(JSON.parse(JSON.stringify(parsed))).toEqual(fixture.expected);
      expect(problemsOf(parsed)).toEqual([]);
    });

    test('has the same key each time, whatever the order of its properties (WH-05)', () => {
      expect(parse(fixture, structuredClone(fixture.delivery.body)).key).toBe(parse(fixture).key);
      expect(parse(fixture, reversed(fixture.delivery.body)).key).toBe(parse(fixture).key);
    });

    test('never throws and never breaks a promise, whichever field a stranger changes', () => {
      const body = structuredClone(fixture.delivery.body);
      const count = eachMutation(body, (what) => {
        const parsed = provider.parseWebhook({ body, headers: fixture.delivery.headers ?? {} });
        const problems = problemsOf(parsed);
        if (problems.length > 0) expect.fail(`${what}: ${problems.join('; ')}`);
        provider.verifies({ body, headers: {} }, someone);
        if (secretProperties.some((name) => what.startsWith(`${name} `))) provider.withoutSecrets(body);
      });
      expect(count).toBeGreaterThan(0);
      expect(body).toEqual(fixture.delivery.body);
    });

    test('is stored without the gateway’s credentials and otherwise whole', () => {
      const planted = withCanaries(fixture.delivery.body, secretProperties);
      const stored = provider.withoutSecrets(planted);
      expect(JSON.stringify(stored)).not.toContain(CANARY);
      expect(stored).toEqual(without(fixture.delivery.body, secretProperties));
      expect(JSON.stringify(planted)).toContain(CANARY);
    });
  });

  test('different facts have different keys, the same fact in another dressing the same one (WH-05)', () => {
    const owners = new Map<string, string>();
    const keys = new Map(fixtures.map((fixture) => [fixture.name, parse(fixture).key]));
    for (const fixture of fixtures) {
      const key = parse(fixture).key;
      if (fixture.sameFactAs === undefined) {
        expect(owners.get(key), `${fixture.name} shares a key`).toBeUndefined();
        owners.set(key, fixture.name);
      } else {
        expect(key).toBe(keys.get(fixture.sameFactAs));
      }
    }
  });

  test('bodies that are no event at all are unrecognised, with a key', () => {
    for (const body of HOSTILE_BODIES) {
      const parsed = provider.parseWebhook({ body, headers: {} });
      expect(problemsOf(parsed)).toEqual([]);
      expect(() => provider.withoutSecrets(body)).not.toThrow();
      expect(() => provider.verifies({ body, headers: {} }, someone)).not.toThrow();
    }
    expect(provider.parseWebhook({ body: null, headers: {} }).events).toHaveProperty('unrecognised');
  });

  test('ids survive being stored and read back', () => {
    const ids = fixtures.flatMap((fixture) => {
      const { events } = parse(fixture);
      return 'unrecognised' in events ? [] : events.flatMap((event) => (event.type === 'message' ? [event.id] : []));
    });
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(gatewayMessageId(JSON.parse(JSON.stringify(id)) as string)).toBe(id);
  });
}

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, item]) => [name, reversed(item)]),
  );
}

function withCanaries(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withCanaries(item, names));
  const planted = Object.fromEntries(names.map((name) => [name, CANARY]));
  return { ...Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withCanaries(item, names)])), ...planted };
}

function without(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => without(item, names));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !names.includes(name))
      .map(([name, item]) => [name, without(item, names)]),
  );
}
