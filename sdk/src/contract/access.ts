import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { accountIdSchema, instantSchema, sessionIdSchema, userIdSchema } from './ids.ts';
import { ROLES } from './permissions.ts';

export const emailSchema = z.email().max(254);
/** Any characters, spaces included; nothing is cut off. */
export const passwordSchema = z.string().min(1).max(256);
export const newPasswordSchema = z.string().min(12).max(256);

export const signInSchema = z.strictObject({ email: emailSchema, password: passwordSchema });
export type SignIn = z.infer<typeof signInSchema>;

export const userSchema = z
  .object({
    id: userIdSchema,
    email: z.string(),
    name: z.string(),
    operator: z.boolean().describe('Runs the Hub; may enter any account for a support visit.'),
    mustChangePassword: z.boolean().describe('The password was made by the Hub and shown once.'),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;

/** The refresh token travels only in the cookie. */
export const signedInSchema = z.object({ accessToken: z.string(), expiresAt: instantSchema, user: userSchema }).meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof signedInSchema>;

export const meSchema = z.object({
  user: userSchema,
  accounts: z
    .array(z.object({ id: accountIdSchema, name: z.string(), status: z.string(), role: z.enum(ROLES) }))
    .describe('The accounts the user is a member of. Operators reach the others on a support visit.'),
});
export type Me = z.infer<typeof meSchema>;

export const sessionSchema = z
  .object({
    id: sessionIdSchema,
    current: z.boolean(),
    createdAt: instantSchema,
    refreshedAt: instantSchema,
    expiresAt: instantSchema.describe('When it ends if it is not used.'),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

export const changePasswordSchema = z.strictObject({ currentPassword: passwordSchema, newPassword: newPasswordSchema });
export type ChangePassword = z.infer<typeof changePasswordSchema>;

export const accessErrors = defineErrors('access', {
  unauthenticated: { kind: 'unauthenticated', message: 'Sign in first.' },
  forbidden: { kind: 'forbidden', message: 'Your role does not allow this.' },
  'wrong-credentials': { kind: 'unauthenticated', message: 'The e-mail or the password is not right.' },
  'too-many-attempts': { kind: 'limit_reached', message: 'Too many attempts to sign in. Try again later.' },
  'session-ended': { kind: 'unauthenticated', message: 'This session has ended. Sign in again.' },
  'session-not-found': { kind: 'not_found', message: 'No such session.' },
  'wrong-password': { kind: 'invalid', message: 'The current password is not right. It was not changed.' },
  'weak-password': { kind: 'invalid', message: 'This password is too easy to guess. It was not changed; choose another.' },
});
