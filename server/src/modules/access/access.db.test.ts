import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessErrors } from '@whatpro/sdk/contract';
import { AppError, type Principal, type UserActor } from '#platform/trpc';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { accessOf, addUser, facts, password, steeredClock } from './access.fixture.ts';
import { changePassword } from './change-password.ts';
import type { AccessContext } from './access-context.ts';
import { revokeSession, signOut } from './end-session.ts';
import { ensureFirstOperator } from './ensure-first-operator.ts';
import { listSessions } from './list-sessions.ts';
import { openSession } from './open-session.ts';
import { refreshSession } from './refresh-session.ts';
import { signIn } from './sign-in.ts';

let testDatabase: TestDatabase;
beforeAll(async () => void (testDatabase = await createTestDatabase({ poolSize: 5 })));
afterAll(() => testDatabase.drop());

const clock = steeredClock();
const startProcess = () => accessOf(testDatabase.database, clock);
const bearer = (token: string) => ({ authorization: `Bearer ${token}`, ip: facts.ip });
const person = (actor: Principal | null): UserActor => {
  if (actor?.kind !== 'user') throw new Error('not a person');
  return actor;
};
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AppError ? error.entry.code : String(error)),
  );
const sessionsOf = (userId: string) => testDatabase.database.system.run((tables) => tables.session.findMany({ where: { userId } }));
const actionsOf = async (userId: string) =>
  (
    await testDatabase.database.system.run((tables) =>
      tables.operatorAudit.findMany({ where: { actor: { path: ['id'], equals: userId } }, orderBy: { id: 'asc' } }),
    )
  ).map(({ action }) => action);
const fresh = async () => {
  const email = `${randomUUID()}@example.com`;
  return { email, userId: await addUser(testDatabase.database, email) };
};
const enter = async (context: AccessContext) => {
  const { email, userId } = await fresh();
  return { email, userId, ...(await signIn(context, { email, password }, facts)) };
};

describe('the first start', () => {
  it('makes one operator and shows one password, however many processes start', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => ensureFirstOperator(startProcess().context, {})));
    const winners = made.flatMap((each) => (each.made ? [each] : []));
    expect(winners).toHaveLength(1);
    const [winner] = winners;
    const opened = await signIn(startProcess().context, { email: winner?.email ?? '', password: winner?.password?.expose() ?? '' }, facts);
    expect(opened.answer.user).toMatchObject({ operator: true, mustChangePassword: true });
    expect(await ensureFirstOperator(startProcess().context, {})).toEqual({ made: false });
  });

  it('agrees on one signing key (IAM-03)', async () => {
    const processes = Array.from({ length: 5 }, startProcess);
    const published = await Promise.all(processes.map(({ context }) => context.signingKeys.published()));
    expect(new Set(published.map((set) => JSON.stringify(set))).size).toBe(1);
    const { answer } = await enter(processes[0]!.context);
    for (const each of processes) expect(await each.authenticate(bearer(answer.accessToken))).toMatchObject({ kind: 'user' });
  });
});

describe('signing in', () => {
  it('tells nobody whether the user is unknown, disabled or the password wrong (IAM-18)', async () => {
    const { context } = startProcess();
    const { email } = await fresh();
    const disabled = `${randomUUID()}@example.com`;
    await addUser(testDatabase.database, disabled, { disabled: true });
    const refusals = [
      { email: 'nobody@example.com', password },
      { email, password: 'not this one' },
      { email: disabled, password },
    ].map((input) => refusalOf(signIn(context, input, facts)));
    expect(new Set(await Promise.all(refusals))).toEqual(new Set([accessErrors['wrong-credentials'].code]));
  });

  it('takes the e-mail in any letter case', async () => {
    const { email } = await fresh();
    expect((await signIn(startProcess().context, { email: email.toUpperCase(), password }, facts)).answer.user.email).toBe(email);
  });

  it('tries at most ten of 200 wrong passwords sent at once, and then asks to wait (IAM-17)', async () => {
    const { context } = startProcess();
    const { email } = await fresh();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        refusalOf(signIn(context, { email, password: 'wrong' }, { ...facts, ip: `198.51.100.${index}` })),
      ),
    );
    expect(outcomes.filter((code) => code === 'access/wrong-credentials')).toHaveLength(10);
    expect(outcomes.filter((code) => code === 'access/too-many-attempts')).toHaveLength(190);
  });

  it('keeps the twenty latest sessions of a user (IAM-09)', async () => {
    const { context } = startProcess();
    const { userId } = await fresh();
    const opened: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      clock.pass(1_000);
      opened.push((await testDatabase.database.system.run((tables) => openSession(context, tables, userId, facts))).sessionId);
    }
    const kept = (await sessionsOf(userId)).map(({ id }) => id);
    expect([kept.length, kept.includes(opened[1]!), kept.includes(opened[2]!)]).toEqual([20, false, true]);
  });

  it('stores no key of a session in the open', async () => {
    const { userId } = await enter(startProcess().context);
    expect((await sessionsOf(userId))[0]?.hmacKey).toMatch(/^v1\.test\./);
  });
});

describe('refreshing (IAM-06, IAM-07, IAM-08)', () => {
  it('gives 25 tabs that ask at once one and the same new token', async () => {
    const { context } = startProcess();
    const { refreshToken, userId } = await enter(context);
    const answers = await Promise.all(Array.from({ length: 25 }, () => refreshSession(context, refreshToken.expose(), facts)));
    expect(new Set(answers.map((each) => each.refreshToken.expose())).size).toBe(1);
    expect(await sessionsOf(userId)).toMatchObject([{ counter: 1 }]);
  });

  it('goes on for as long as each token is used once', async () => {
    const { context } = startProcess();
    let { refreshToken } = await enter(context);
    for (let count = 0; count < 5; count += 1) {
      clock.pass(60_000);
      ({ refreshToken } = await refreshSession(context, refreshToken.expose(), facts));
    }
    expect(await refusalOf(refreshSession(context, refreshToken.expose(), facts))).toBe('accepted');
  });

  it('detects a thief who takes turns with the victim at the first late presentation, and ends the session', async () => {
    const { context } = startProcess();
    const { refreshToken: shared, userId } = await enter(context);
    clock.pass(60_000);
    const thief = await refreshSession(context, shared.expose(), facts);
    clock.pass(60_000);
    expect(await refusalOf(refreshSession(context, shared.expose(), facts))).toBe('access/session-ended');
    expect(await refusalOf(refreshSession(context, thief.refreshToken.expose(), facts))).toBe('access/session-ended');
    expect(await sessionsOf(userId)).toEqual([]);
    expect(await actionsOf(userId)).toContain('access.refresh-token-reused');
  });

  it('takes the token before for ten seconds, and the one before that never', async () => {
    const { context } = startProcess();
    const first = await enter(context);
    const second = await refreshSession(context, first.refreshToken.expose(), facts);
    clock.pass(10_000);
    expect((await refreshSession(context, first.refreshToken.expose(), facts)).refreshToken.expose()).toBe(second.refreshToken.expose());
    await refreshSession(context, second.refreshToken.expose(), facts);
    expect(await refusalOf(refreshSession(context, first.refreshToken.expose(), facts))).toBe('access/session-ended');
    expect(await sessionsOf(first.userId)).toEqual([]);
  });

  it('issues nothing that lives after a breach, when breach and refresh come at once', async () => {
    const { context } = startProcess();
    const { userId } = await fresh();
    for (let round = 0; round < 40; round += 1) {
      const { refreshToken: first } = await testDatabase.database.system.run((tables) => openSession(context, tables, userId, facts));
      const second = await refreshSession(context, first.expose(), facts);
      clock.pass(11_000);
      const [, current] = await Promise.allSettled([
        refreshSession(context, first.expose(), facts),
        refreshSession(context, second.refreshToken.expose(), facts),
      ]);
      if (current.status === 'fulfilled')
        expect(await refusalOf(refreshSession(context, current.value.refreshToken.expose(), facts))).toBe('access/session-ended');
      expect(await sessionsOf(userId)).toEqual([]);
    }
  }, 30_000);

  it('looks and claims in one locked step: a refresh that waited for a breach sees its end, not its beginning', async () => {
    const { context } = startProcess();
    const { refreshToken, userId } = await enter(context);
    const pending = await testDatabase.database.system.run(async (tables) => {
      await tables.session.updateMany({ where: { userId }, data: { counter: { increment: 0 } } });
      const refreshing = refusalOf(refreshSession(context, refreshToken.expose(), facts));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tables.session.deleteMany({ where: { userId } });
      return { refreshing };
    });
    expect(await pending.refreshing).toBe('access/session-ended');
  });

  it('is not moved by a token with our session id and a wrong proof', async () => {
    const { context } = startProcess();
    const own = await enter(context);
    const other = await enter(context);
    const forged = Buffer.from(own.refreshToken.expose(), 'base64url');
    Buffer.from(other.refreshToken.expose(), 'base64url').copy(forged, 18, 18);
    expect(await refusalOf(refreshSession(context, forged.toString('base64url'), facts))).toBe('access/session-ended');
    expect(await sessionsOf(own.userId)).toHaveLength(1);
  });

  it.each([
    ['seven days without use', 7 * 86_400_000],
    ['thirty days', 30 * 86_400_000],
  ])('ends after %s (IAM-09)', async (_what, ms) => {
    const { context } = startProcess();
    const { refreshToken, userId } = await enter(context);
    clock.pass(ms);
    expect(await refusalOf(refreshSession(context, refreshToken.expose(), facts))).toBe('access/session-ended');
    expect(await sessionsOf(userId)).toEqual([]);
  });

  it('ends for a user who was disabled', async () => {
    const { context } = startProcess();
    const { refreshToken, userId } = await enter(context);
    await testDatabase.database.system.run((tables) => tables.hubUser.update({ where: { id: userId }, data: { disabledAt: new Date() } }));
    expect(await refusalOf(refreshSession(context, refreshToken.expose(), facts))).toBe('access/session-ended');
  });
});

describe('ending sessions', () => {
  it('signs out by the refresh token alone, twice, and the access token stops at once here and within 5 s elsewhere (IAM-10, IAM-11)', async () => {
    const [here, elsewhere] = [startProcess(), startProcess()];
    const { answer, refreshToken } = await enter(here.context);
    const authorization = bearer(answer.accessToken);
    expect([await here.authenticate(authorization), await elsewhere.authenticate(authorization)]).not.toContain(null);
    await signOut(here.context, refreshToken.expose(), facts);
    await signOut(here.context, refreshToken.expose(), facts);
    await signOut(here.context, undefined, facts);
    expect(await here.authenticate(authorization)).toBeNull();
    clock.pass(5_000);
    expect(await elsewhere.authenticate(authorization)).toBeNull();
  });

  it("lists a user their sessions and ends one of them, never another user's", async () => {
    const { context, authenticate } = startProcess();
    const own = await enter(context);
    const second = await signIn(context, { email: own.email, password }, facts);
    const other = await enter(context);
    const actor = person(await authenticate(bearer(own.answer.accessToken)));
    const strange = person(await authenticate(bearer(other.answer.accessToken)));
    expect((await listSessions(context, actor)).map(({ current }) => current).sort()).toEqual([false, true]);
    expect(await refusalOf(revokeSession(context, strange, actor.sessionId, facts))).toBe('access/session-not-found');
    const another = (await listSessions(context, actor)).find(({ current }) => !current)!;
    await revokeSession(context, actor, another.id, facts);
    expect(await authenticate(bearer(second.answer.accessToken))).toBeNull();
    expect(await authenticate(bearer(own.answer.accessToken))).not.toBeNull();
  });

  it('changes a password only knowing the old one, refuses an easy one, and ends the other sessions', async () => {
    const { context, authenticate } = startProcess();
    const own = await enter(context);
    const second = await signIn(context, { email: own.email, password }, facts);
    const actor = person(await authenticate(bearer(own.answer.accessToken)));
    const change = (currentPassword: string, newPassword: string) =>
      changePassword(context, actor, { currentPassword, newPassword }, facts);
    expect(await refusalOf(change('wrong', 'outro telhado azul'))).toBe('access/wrong-password');
    expect(await refusalOf(change(password, 'password2026'))).toBe('access/weak-password');
    expect(await refusalOf(change(password, 'outro telhado azul'))).toBe('accepted');
    expect(await authenticate(bearer(second.answer.accessToken))).toBeNull();
    expect(await authenticate(bearer(own.answer.accessToken))).not.toBeNull();
    expect(await refusalOf(signIn(context, { email: own.email, password }, facts))).toBe('access/wrong-credentials');
    expect(await refusalOf(signIn(context, { email: own.email, password: 'outro telhado azul' }, facts))).toBe('accepted');
  });
});
