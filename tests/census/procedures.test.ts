import { describe, expect, test } from 'vitest';
import { PERMISSIONS } from '@whatpro/sdk/contract';
import { listProcedures, procedureFaults } from '../../server/src/platform/trpc/index.ts';
import { emptyHub, emptyRouter } from '../support/empty-hub.ts';
import { plainRoutes } from '../../server/src/processes/testing.ts';
import { httpRoutes, routeFaults } from '../../server/src/http-routes.ts';

const procedures = listProcedures(emptyRouter());

describe('every procedure', () => {
  test('is built from one of the four kinds, names its permission, has an output and an address of its own', () => {
    expect(procedureFaults(emptyRouter())).toEqual([]);
    expect(procedures.length).toBeGreaterThan(30);
  });

  test('takes a strict input: an unknown key is refused, not ignored', () => {
    const loose = procedures.filter(({ inputs }) => inputs.some((input) => !isStrict(input)));
    expect(loose.map(({ path }) => path)).toEqual([]);
  });

  test('never gives a secret: no output has a field that is named like one', () => {
    const named = procedures.flatMap(({ path, output }) => (output ? secretFields(output).map((field) => `${path}: ${field}`) : []));
    // What is made for the caller is told to them this once.
    expect(named).toEqual(['instanceTokens.issue: token']);
  });

  test('every permission of the contract is asked for by some procedure', () => {
    const asked = new Set(procedures.map(({ meta }) => meta.permission));
    expect(PERMISSIONS.filter((permission) => !asked.has(permission))).toEqual([]);
  });
});

describe('every route', () => {
  test.each([false, true])('that is mounted is in the table, and the reverse (production: %s)', (production) => {
    const mounted = [
      ...plainRoutes(emptyHub(production), emptyRouter(), () => false),
      { method: 'post' as const, path: '/hooks/:source/:token' },
    ];
    expect(routeFaults(mounted, production)).toEqual([]);
  });

  test('says what keeps strangers out', () => {
    expect(httpRoutes.filter((row) => row.guard.trim() === '')).toEqual([]);
  });
});

/** An account procedure's first input is `{ accountId }` of the platform, which passes the rest on to the room's own. */
function isStrict(input: unknown): boolean {
  const definition = (
    input as {
      _zod: { def: { type: string; catchall?: { _zod: { def: { type: string } } }; shape?: Record<string, unknown>; in?: unknown } };
    }
  )._zod.def;
  if (definition.type !== 'object') return true;
  const isPlatforms = Object.keys(definition.shape ?? {}).join() === 'accountId' && definition.catchall === undefined;
  return isPlatforms || definition.catchall?._zod.def.type === 'never';
}

const SECRET_NAME = /token|secret|apikey|password|authorization/i;
/** Named like a secret and none: the last four characters; whether a password is to be changed; the sandbox page's key is its own procedure. */
const ALLOWED = ['secretHint', 'mustChangePassword'];

function secretFields(schema: unknown, depth = 0): string[] {
  const definition = (schema as { _zod?: { def: Record<string, unknown> } } | undefined)?._zod?.def;
  if (!definition || depth > 12) return [];
  const shape = (definition.shape ?? {}) as Record<string, unknown>;
  const own = Object.keys(shape).filter((name) => SECRET_NAME.test(name) && !ALLOWED.includes(name));
  const inner = [
    ...Object.values(shape),
    definition.element,
    definition.innerType,
    definition.valueType,
    ...((definition.options as unknown[]) ?? []),
  ];
  return [...own, ...inner.flatMap((child) => secretFields(child, depth + 1))];
}
