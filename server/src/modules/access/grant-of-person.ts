import { z } from 'zod';
import { MEMBER_ROLES } from '@whatpro/sdk/contract';
import type { Clock } from '#platform/clock';
import type { AccountDatabase, Database } from '#platform/database';
import { type Grant, type Reach, wholeAccount } from '#platform/trpc';
import { permissionsOfRole, readOnly } from './permissions-of-role.ts';

const standingSchema = z.object({
  status: z.string(),
  role: z.enum(MEMBER_ROLES).nullable().catch(null),
  visitId: z.string().nullable(),
  inboxes: z.array(z.string()),
  instances: z.array(z.string()),
  unlinked: z.array(z.string()),
});
type Standing = z.infer<typeof standingSchema>;

/**
 * An operator on an open support visit may do everything; a member what their role allows, in the inboxes of no team and those
 * of their own teams. Everyone else, an operator included, is a stranger: null.
 */
export function grantOfPerson(
  { database, clock }: { readonly database: Pick<Database, 'withAccount'>; readonly clock: Clock },
  userId: string,
  accountId: string,
): Promise<Grant | null> {
  return database.withAccount(accountId, async (transaction) => {
    const standing = await standingOf(transaction, userId, clock.now());
    if (standing === null) return null;
    const { status, role, visitId } = standing;
    if (visitId !== null) return { role: 'operator', permissions: permissionsOfRole('operator'), reach: wholeAccount, visitId };
    if (role === null) return null;
    const permissions = permissionsOfRole(role);
    return { role, permissions: status === 'active' ? permissions : readOnly(permissions), reach: reachOf(role, standing) };
  });
}

/** What a key or a token hands on of its maker's grant, so that what it does is known as done on the visit. */
export const visitOf = ({ visitId }: Grant): { readonly visitId?: string } => (visitId === undefined ? {} : { visitId });

/** An instance is reached through its inbox. One without an inbox carries nobody's conversations: it is left to supervisors. */
function reachOf(role: string, { inboxes, instances, unlinked }: Standing): Reach {
  if (role === 'admin') return wholeAccount;
  return { inboxes: new Set(inboxes), instances: new Set(role === 'supervisor' ? [...instances, ...unlinked] : instances) };
}

/** One statement: it stands before every call of a person, though not more often than every few seconds. */
async function standingOf(database: AccountDatabase, userId: string, now: Date): Promise<Standing | null> {
  const rows = await database.$queryRaw<unknown[]>`
    WITH person AS (
      SELECT a.id AS account_id, a.status, m.id AS member_id, m.role, (
        SELECT v.id FROM app.support_visit v
        WHERE u.operator AND v.account_id = a.id AND v.user_id = u.id AND v.ended_at IS NULL AND v.expires_at > ${now}
        ORDER BY v.id LIMIT 1
      ) AS visit_id
      FROM app.account a
      JOIN app.hub_user u ON u.id = ${userId}::uuid AND u.disabled_at IS NULL
      LEFT JOIN app.member m ON m.account_id = a.id AND m.user_id = u.id AND m.disabled_at IS NULL
    ), reached AS (
      SELECT i.id, i.instance_id FROM app.inbox i, person p
      WHERE p.visit_id IS NULL AND p.role <> 'admin' AND i.account_id = p.account_id AND (
        NOT EXISTS (SELECT FROM app.team_inbox t WHERE t.account_id = i.account_id AND t.inbox_id = i.id)
        OR EXISTS (
          SELECT FROM app.team_inbox t JOIN app.team_member w ON w.account_id = t.account_id AND w.team_id = t.team_id
          WHERE t.account_id = i.account_id AND t.inbox_id = i.id AND w.member_id = p.member_id
        )
      )
    )
    SELECT p.status, p.role, p.visit_id AS "visitId",
      ARRAY(SELECT r.id FROM reached r) AS inboxes,
      ARRAY(SELECT r.instance_id FROM reached r WHERE r.instance_id IS NOT NULL) AS instances,
      ARRAY(
        SELECT n.id FROM app.instance n
        WHERE p.visit_id IS NULL AND p.role = 'supervisor' AND n.account_id = p.account_id
          AND NOT EXISTS (SELECT FROM app.inbox i WHERE i.account_id = n.account_id AND i.instance_id = n.id)
      ) AS unlinked
    FROM person p`;
  return rows.length === 0 ? null : standingSchema.parse(rows[0]);
}
