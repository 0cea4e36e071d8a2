import { router } from '#platform/trpc';
import { createInvitationsRouter } from './invitations.router.ts';
import { createMembersRouter } from './members.router.ts';
import type { PeopleTools } from './people-context.ts';
import { createSupportVisitsRouter } from './support-visits.router.ts';
import { createTeamsRouter } from './teams.router.ts';

export function createPeopleRouter(tools: PeopleTools) {
  return router({
    members: createMembersRouter(tools),
    invitations: createInvitationsRouter(tools),
    teams: createTeamsRouter(),
    supportVisits: createSupportVisitsRouter(tools),
  });
}
