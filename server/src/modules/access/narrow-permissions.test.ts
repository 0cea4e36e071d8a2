import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { CREDENTIAL_SCOPES, type Feature, FEATURE_NAMES, type Permission, PERMISSIONS } from '@whatpro/sdk/contract';
import { withinFeatures } from '#modules/settings';
import { narrowPermissions } from './narrow-permissions.ts';

const some = (): Set<Permission> => new Set(PERMISSIONS.filter(() => randomInt(2) === 1));
const features = (): Feature[] => FEATURE_NAMES.map((name) => ({ name, enabled: randomInt(2) === 1 }));
const within = (part: ReadonlySet<Permission>, whole: ReadonlySet<Permission>): boolean =>
  [...part].every((permission) => whole.has(permission));

it('IT-04, AK-06: what a key or token may do is within its scopes, its maker’s rights and the features, for 10,000 random triples', () => {
  const all = new Set(PERMISSIONS);
  const scopable: ReadonlySet<Permission> = new Set(CREDENTIAL_SCOPES);
  let nonEmpty = 0;
  for (let at = 0; at < 10_000; at += 1) {
    const triple = { scopes: some(), makers: some(), features: features(), instanceBound: randomInt(2) === 1 };
    const left = narrowPermissions(triple);
    const sound =
      within(left, triple.scopes) &&
      within(left, triple.makers) &&
      within(left, withinFeatures(all, triple.features)) &&
      within(left, scopable);
    if (!sound) throw new Error(JSON.stringify({ ...triple, scopes: [...triple.scopes], makers: [...triple.makers], left: [...left] }));
    if (left.size > 0) nonEmpty += 1;
  }
  expect(nonEmpty).toBeGreaterThan(8_000);
});

it('AK-08: whatever is asked for and whoever asks, nothing that makes credentials or changes people and settings is left', () => {
  const everything = new Set(PERMISSIONS);
  const on = FEATURE_NAMES.map((name) => ({ name, enabled: true }));
  const left = narrowPermissions({ scopes: everything, makers: everything, features: on, instanceBound: false });
  expect([...left].toSorted()).toEqual([...CREDENTIAL_SCOPES].toSorted());
  const bound = narrowPermissions({ scopes: everything, makers: everything, features: on, instanceBound: true });
  expect([...bound].every((permission) => /^(instances|inboxes|messages|dead-letters):/.test(permission))).toBe(true);
});
