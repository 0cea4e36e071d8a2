import { type Role, ROLES } from '@whatpro/sdk/contract';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { wholeAccount } from '#platform/trpc';
import type { Authorise } from '#platform/trpc';
import { createFreshCache } from './fresh-cache.ts';
import { permissionsOfRole, readOnly } from './permissions-of-role.ts';

const MAX_AGE_MS = 5_000;

type Granted = NonNullable<Awaited<ReturnType<Authorise>>>;

/** Roles come from the database, at most five seconds old. Operators are operators in every account that exists. */
export function createAuthorise({ database, clock }: { readonly database: Database; readonly clock: Clock }): Authorise {
  const cache = createFreshCache<Granted>({ clock, maxAgeMs: MAX_AGE_MS, maxEntries: 10_000 });
  return (actor, accountId) => {
    if (actor.kind !== 'user') return Promise.resolve(null);
    return cache.get(`${actor.userId}:${accountId}`, () => grantOf(database, actor, accountId));
  };
}

function grantOf(
  database: Database,
  actor: { readonly userId: string; readonly operator: boolean },
  accountId: string,
): Promise<Granted | null> {
  return database.withAccount(accountId, async (transaction) => {
    const account = await transaction.account.findFirst({ select: { status: true } });
    if (account === null) return null;
    if (actor.operator) return { role: 'operator', permissions: permissionsOfRole('operator'), reach: wholeAccount };
    const member = await transaction.member.findFirst({ where: { userId: actor.userId }, select: { role: true } });
    if (member === null || !isRole(member.role)) return null;
    const permissions = permissionsOfRole(member.role);
    return { role: member.role, permissions: account.status === 'active' ? permissions : readOnly(permissions), reach: wholeAccount };
  });
}

/** `operator` is a property of a person, never of a membership. */
const isRole = (text: string): text is Exclude<Role, 'operator'> => text !== 'operator' && ROLES.some((role) => role === text);
