import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { rotateSigningKeys } from '#modules/access';
import { systemClock } from '#platform/clock';
import { readSettings, SettingsProblem } from '#platform/config';
import { StartProblem } from '#platform/database';
import { rotateSecrets } from './maintenance/rotate-secrets.ts';
import { type Foundations, keyFileOf, openFoundations, openKeyRing } from './open-foundations.ts';

const USAGE = `node tooling/rotate-keys.mjs --signing               a new signing key, published now and signing in 15 minutes
node tooling/rotate-keys.mjs --signing --emergency   a new signing key at once; every token issued before stops working
node tooling/rotate-keys.mjs --secrets               a new key on top of the key file; every stored secret is sealed with it`;

/** Long enough for the news to leave this process; nobody depends on it, the others look again by themselves. */
const TELL_MS = 500;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function rotateSigning(base: Foundations, emergency: boolean): Promise<void> {
  const dependencies = { database: base.database, keyRing: base.keys, clock: systemClock };
  const keys = await rotateSigningKeys(dependencies, emergency ? 'emergency' : 'start');
  base.live.changed('hub', 'credentials', ['signing-keys:all']);
  await pause(TELL_MS);
  for (const { id, state, stateSince } of keys) say(`${id}  ${state} since ${stateSince.toISOString()}`);
  say(
    emergency
      ? 'Every access token and instance token issued before is refused from now on.'
      : 'The next key signs 15 minutes after it was published.',
  );
}

async function rotateAllSecrets(base: Foundations, settings: ReturnType<typeof readSettings>): Promise<number> {
  const done = await rotateSecrets({
    database: base.database,
    keyFile: keyFileOf(settings),
    openKeys: () => openKeyRing(settings),
    onBatch: (resealed) => say(`${resealed} sealed again`),
  });
  say(
    `${done.newKey ? 'A new key is in use' : 'The rotation that was begun is finished'}: ${done.currentId}. ${done.resealed} values were sealed again.`,
  );
  if (done.unreadable.length > 0) {
    process.stderr.write(`No key of the file opens these values. They were left as they are:\n${done.unreadable.join('\n')}\n`);
    return 1;
  }
  say(
    `Nothing is sealed with ${done.olderIds.join(', ') || 'another key'} any more. Keep the older lines of the key file all the same: passwords and API keys made before are hashed with them.`,
  );
  return 0;
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: { signing: { type: 'boolean' }, emergency: { type: 'boolean' }, secrets: { type: 'boolean' } },
  });
  const asked = [values.signing, values.secrets].filter(Boolean).length;
  if (asked !== 1 || (values.emergency && !values.signing)) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const settings = readSettings();
  const base = await openFoundations(settings, []);
  try {
    if (values.secrets === true) return await rotateAllSecrets(base, settings);
    await rotateSigning(base, values.emergency === true);
    return 0;
  } finally {
    await base.close();
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  const known =
    error instanceof StartProblem ? `${error.sentence} ${error.whatToDo}` : error instanceof SettingsProblem ? error.message : null;
  process.stderr.write(
    `The keys were not rotated, or not all of them. ${known ?? (error instanceof Error ? error.message : String(error))}\n`,
  );
  process.exitCode = 1;
}
