import { type ListMemberSignIns, type MemberSignIn, memberSignInSchema } from '@whatpro/sdk/contract';
import type { Database } from '#platform/database';

/** What members did at the door since they joined. `accountId` is one the caller was let into. */
export async function listMemberSignIns(
  database: Pick<Database, 'system'>,
  accountId: string,
  { cursor, limit }: ListMemberSignIns,
): Promise<{ items: MemberSignIn[]; nextCursor: string | null }> {
  const found = await database.system.lookUp('member_sign_ins', [accountId, cursor ?? null, limit + 1], toSignIn);
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const toSignIn = (row: Record<string, unknown>): MemberSignIn =>
  memberSignInSchema.parse({
    id: row['id'],
    at: row['at'] instanceof Date ? row['at'].toISOString() : row['at'],
    userId: row['user_id'],
    action: row['action'],
    ipHash: row['ip_hash'],
  });
