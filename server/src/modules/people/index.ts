/**
 * The people of an account: members and their roles, invitations, teams and their inboxes, support visits of operators.
 * Not its job: signing in, or deciding what a role may do (access).
 */
export { createPeopleRouter } from './people.router.ts';
export type { PeopleTools } from './people-context.ts';
