import { type Invitation, invitationSchema } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { type PageInput, pageOfRows } from './page-of-rows.ts';

interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly invitedBy: unknown;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** As a condition on rows. */
export const waiting = (now: Date) => ({ acceptedAt: null, revokedAt: null, expiresAt: { gt: now } });

/** Newest first. */
export async function listInvitations(database: AccountDatabase, { cursor, limit }: PageInput, now: Date) {
  const rows = await database.invitation.findMany({
    where: cursor === undefined ? {} : { id: { lt: cursor } },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return pageOfRows(rows, limit, (row) => toInvitation(row, now));
}

export function toInvitation(row: InvitationRow, now: Date): Invitation {
  const { id, email, role, invitedBy, createdAt, expiresAt } = row;
  return invitationSchema.parse({
    id,
    email,
    role,
    state: stateOf(row, now),
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  });
}

function stateOf({ acceptedAt, revokedAt, expiresAt }: InvitationRow, now: Date): Invitation['state'] {
  if (acceptedAt !== null) return 'accepted';
  if (revokedAt !== null) return 'revoked';
  return expiresAt > now ? 'pending' : 'expired';
}
