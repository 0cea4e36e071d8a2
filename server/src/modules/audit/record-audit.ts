import type { AccountDatabase, Prisma } from '#platform/database';
import type { AccountContext, Actor } from '#platform/trpc';
import { maskSecrets } from './mask-secrets.ts';

export interface AuditRecord {
  /** `<what>.<done>`, such as `instance.created`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId?: string | null;
  /** Objects as they were and as they are; secrets are masked by name. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** In the transaction of the change, so that neither is there without the other. Entries cannot be changed or removed. */
export async function recordAudit(
  database: Pick<AccountDatabase, 'auditEntry'>,
  { actor, request }: Pick<AccountContext, 'actor' | 'request'>,
  { action, subjectType, subjectId, before, after }: AuditRecord,
): Promise<void> {
  await database.auditEntry.create({
    data: {
      actor: actorImage(actor),
      action,
      subjectType,
      subjectId: subjectId ?? null,
      ...image('before', before),
      ...image('after', after),
      ip: request.ip,
      userAgent: request.userAgent,
    },
    select: { id: true },
  });
}

/** Who, as it is kept; an operator on a support visit with the visit. */
export function actorImage(actor: Actor): {
  readonly kind: string;
  readonly id: string | null;
  readonly name: string;
  readonly visitId?: string;
} {
  const visit = actor.kind !== 'system' && actor.visitId !== undefined ? { visitId: actor.visitId } : {};
  return { kind: actor.kind, id: idOf(actor), name: actor.name, ...visit };
}

function idOf(actor: Actor): string | null {
  switch (actor.kind) {
    case 'user':
      return actor.userId;
    case 'api-key':
      return actor.apiKeyId;
    case 'instance-token':
      return actor.tokenId;
    case 'system':
      return null;
  }
}

/** Nothing to show is left out: the column is then NULL. */
function image<Name extends 'before' | 'after'>(name: Name, value: unknown): { [key in Name]?: Prisma.InputJsonObject } {
  const masked = maskSecrets(value);
  return masked === null ? {} : ({ [name]: masked } as { [key in Name]: Prisma.InputJsonObject });
}
