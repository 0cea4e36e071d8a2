import { z } from 'zod';
import { emailSchema, newPasswordSchema } from './access.ts';
import { defineErrors } from './errors.ts';
import { accountIdSchema, idSchema, instantSchema, userIdSchema } from './ids.ts';
import { MEMBER_ROLES } from './permissions.ts';

const roleSchema = z.enum(MEMBER_ROLES);

export const memberSchema = z
  .object({
    id: idSchema,
    userId: userIdSchema,
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    disabledAt: instantSchema.nullable().describe('Since when the account is closed to them.'),
    createdAt: instantSchema,
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof memberSchema>;

export const changeMemberSchema = z.strictObject({ role: roleSchema.optional(), disabled: z.boolean().optional() });
export type ChangeMember = z.infer<typeof changeMemberSchema>;

export const INVITATION_STATES = ['pending', 'accepted', 'revoked', 'expired'] as const;

const personSchema = z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() });

export const invitationSchema = z
  .object({
    id: idSchema,
    email: z.string(),
    role: roleSchema,
    state: z.enum(INVITATION_STATES),
    invitedBy: personSchema,
    createdAt: instantSchema,
    expiresAt: instantSchema,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitationSchema>;

export const createInvitationSchema = z.strictObject({ email: emailSchema, role: roleSchema });
export type CreateInvitation = z.infer<typeof createInvitationSchema>;

export const madeInvitationSchema = invitationSchema
  .extend({ link: z.string().describe('For the invited person. Shown this once; the token is behind the #.') })
  .meta({ id: 'MadeInvitation' });
export type MadeInvitation = z.infer<typeof madeInvitationSchema>;

/** A new person gives a name and a password. Whoever has a user already signs in and sends the token alone. */
export const acceptInvitationSchema = z.strictObject({
  token: z.string().min(1).max(100),
  name: z.string().trim().min(1).max(120).optional(),
  password: newPasswordSchema.optional(),
});
export type AcceptInvitation = z.infer<typeof acceptInvitationSchema>;

export const acceptedInvitationSchema = z
  .object({ accountId: accountIdSchema, accountName: z.string(), email: z.string(), role: roleSchema })
  .meta({ id: 'AcceptedInvitation' });
export type AcceptedInvitation = z.infer<typeof acceptedInvitationSchema>;

export const teamInputSchema = z.strictObject({ name: z.string().trim().min(1).max(80) });

export const teamSchema = z.object({ id: idSchema, name: z.string(), createdAt: instantSchema }).meta({ id: 'Team' });
export type Team = z.infer<typeof teamSchema>;

export const teamInboxSchema = z.object({ id: idSchema, name: z.string(), instanceId: idSchema.nullable() }).meta({ id: 'TeamInbox' });
export type TeamInbox = z.infer<typeof teamInboxSchema>;

export const openSupportVisitSchema = z.strictObject({
  reason: z.string().trim().min(10).max(500).describe('Shown to the account.'),
  minutes: z.int().min(5).max(240).default(60),
});
export type OpenSupportVisit = z.infer<typeof openSupportVisitSchema>;

export const supportVisitSchema = z
  .object({
    id: idSchema,
    operator: z.object({ id: userIdSchema, name: z.string() }),
    reason: z.string(),
    startedAt: instantSchema,
    expiresAt: instantSchema,
    endedAt: instantSchema.nullable().describe('When somebody ended it before its time.'),
  })
  .meta({ id: 'SupportVisit' });
export type SupportVisit = z.infer<typeof supportVisitSchema>;

export const peopleErrors = defineErrors('people', {
  'member-not-found': { kind: 'not_found', message: 'No such member.' },
  'last-admin': {
    kind: 'conflict',
    message: 'This is the last active admin of the account. Nothing was changed; make another member admin first.',
  },
  'own-role': { kind: 'forbidden', message: 'Nobody raises their own role. Ask another admin.' },
  'already-member': { kind: 'conflict', message: 'This person is a member of the account already. Nothing was changed.' },
  'role-too-high': { kind: 'forbidden', message: 'This role may do more than you may, so you cannot give it. Nothing was changed.' },
  'invitation-not-found': { kind: 'not_found', message: 'There is no such invitation that still waits.' },
  'invitation-invalid': { kind: 'invalid', message: 'This invitation is not valid, or not any more. Ask for a new one.' },
  'sign-in-to-accept': {
    kind: 'conflict',
    message: 'This e-mail already has a user. The invitation still waits: sign in as that user and accept it again.',
  },
  'name-and-password': { kind: 'invalid', message: 'Give a name and a password, or sign in first. The invitation still waits.' },
  'weak-password': { kind: 'invalid', message: 'This password is too easy to guess. The invitation still waits; choose another.' },
  'team-not-found': { kind: 'not_found', message: 'No such team.' },
  'team-name-taken': { kind: 'conflict', message: 'Another team has this name. Nothing was changed; choose another.' },
  'visit-not-found': { kind: 'not_found', message: 'There is no such open support visit.' },
  'visit-open': { kind: 'conflict', message: 'Your support visit here is still open. End it before you open another.' },
});
