import { peopleErrors, type Team, type TeamInbox } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError, onlyReached, type Reach } from '#platform/trpc';
import { type PageInput, pageOfRows } from './page-of-rows.ts';

type TeamRow = Awaited<ReturnType<typeof requireTeam>>;

export async function requireTeam(database: AccountDatabase, id: string) {
  const row = await database.team.findFirst({ where: { id } });
  if (row === null) throw new AppError(peopleErrors['team-not-found']);
  return row;
}

export async function requireFreeName(database: AccountDatabase, name: string, except?: string): Promise<void> {
  const other = await database.team.findFirst({
    where: { name: { equals: name, mode: 'insensitive' }, ...(except === undefined ? {} : { id: { not: except } }) },
    select: { id: true },
  });
  if (other !== null) throw new AppError(peopleErrors['team-name-taken']);
}

export async function listTeams(database: AccountDatabase, { cursor, limit }: PageInput) {
  const rows = await database.team.findMany({
    where: cursor === undefined ? {} : { id: { gt: cursor } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return pageOfRows(rows, limit, toTeam);
}

/** Those the caller reaches; a team's others are not there for them. */
export async function listTeamInboxes(database: AccountDatabase, { inboxes }: Reach, teamId: string, { cursor, limit }: PageInput) {
  const rows = await database.inbox.findMany({
    where: { teams: { some: { teamId } }, AND: [{ id: onlyReached(inboxes) }, cursor === undefined ? {} : { id: { gt: cursor } }] },
    select: { id: true, name: true, instanceId: true },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return pageOfRows(rows, limit, (row): TeamInbox => row);
}

export const toTeam = ({ id, name, createdAt }: TeamRow): Team => ({ id, name, createdAt: createdAt.toISOString() });
