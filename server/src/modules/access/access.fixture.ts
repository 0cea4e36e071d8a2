import { randomBytes } from 'node:crypto';
import type { Clock } from '#platform/clock';
import { createKeyRing, createPasswords } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createAccess } from './create-access.ts';

export const facts = { requestId: 'req_test', ip: '192.0.2.1', userAgent: 'test' };
export const password = 'telhado verde no rio';

/** A clock that moves when told. */
export function steeredClock(): Clock & { pass(ms: number): void } {
  let ms = Date.parse('2026-11-22T10:00:00Z');
  return { now: () => new Date(ms), monotonicMs: () => ms, pass: (by) => void (ms += by) };
}

const keyRing = createKeyRing({ current: { id: 'test', key: randomBytes(32) } });
const passwords = createPasswords({ queueLimit: 300 });

/** As one process of the Hub has it: its own caches and counts over the database. */
export function accessOf(database: Database, clock: Clock) {
  return createAccess({ database, clock, keyRing, passwords, issuer: 'https://hub.example.com' });
}

export async function addUser(database: Database, email: string, { operator = false, disabled = false } = {}): Promise<string> {
  const hashed = await passwords.hashPassword(password);
  if (!hashed.ok) throw new Error('busy');
  const { id } = await database.system.run((tables) =>
    tables.hubUser.create({
      data: { email, name: email, operator, passwordHash: hashed.hash, disabledAt: disabled ? new Date(0) : null },
      select: { id: true },
    }),
  );
  return id;
}
