import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectForStart, findViolations } from '../../server/src/platform/database/testing.ts';
import { openTwoAccounts } from '../support/security-hub.ts';
import type { TwoAccounts } from '../support/security-hub.ts';
import { runMatrix } from '../support/security-matrix.ts';

let two: TwoAccounts;
beforeAll(async () => {
  two = await openTwoAccounts();
});
afterAll(async () => two?.close());

interface Mutant {
  readonly name: string;
  readonly plant: (foreign: string) => string;
  readonly undo: string;
  /** What has to notice. The catalogue knows the shape of the database, the matrix what comes through the product. */
  readonly by: readonly ('matrix' | 'catalogue')[];
}

const ISOLATION = `AS RESTRICTIVE TO hub_app USING (account_id = (SELECT app.account_id())) WITH CHECK (account_id = (SELECT app.account_id()))`;

const mutants: readonly Mutant[] = [
  {
    name: 'one policy is dropped',
    plant: () => 'DROP POLICY tenant_isolation ON app.message',
    undo: `CREATE POLICY tenant_isolation ON app.message ${ISOLATION}`,
    by: ['matrix', 'catalogue'],
  },
  {
    name: 'row level security is not forced',
    plant: () => 'ALTER TABLE app.team NO FORCE ROW LEVEL SECURITY',
    undo: 'ALTER TABLE app.team FORCE ROW LEVEL SECURITY',
    by: ['catalogue'],
  },
  {
    name: 'a foreign key without the account in place of one with it',
    plant: () => `
      ALTER TABLE app.inbox ADD CONSTRAINT inbox_only_id UNIQUE (id);
      ALTER TABLE app.team_inbox DROP CONSTRAINT team_inbox_account_id_inbox_id_fkey;
      ALTER TABLE app.team_inbox ADD CONSTRAINT team_inbox_inbox_id_fkey FOREIGN KEY (inbox_id) REFERENCES app.inbox (id) ON DELETE CASCADE`,
    undo: `
      ALTER TABLE app.team_inbox DROP CONSTRAINT team_inbox_inbox_id_fkey;
      ALTER TABLE app.inbox DROP CONSTRAINT inbox_only_id;
      ALTER TABLE app.team_inbox ADD CONSTRAINT team_inbox_account_id_inbox_id_fkey
        FOREIGN KEY (account_id, inbox_id) REFERENCES app.inbox (account_id, id) ON DELETE CASCADE ON UPDATE CASCADE`,
    by: ['catalogue'],
  },
  {
    name: 'a policy that asks for another account',
    plant: (foreign) =>
      `ALTER POLICY tenant_isolation ON app.team USING (account_id = '${foreign}') WITH CHECK (account_id = '${foreign}')`,
    undo: 'ALTER POLICY tenant_isolation ON app.team USING (account_id = (SELECT app.account_id())) WITH CHECK (account_id = (SELECT app.account_id()))',
    by: ['matrix', 'catalogue'],
  },
  {
    name: 'a repository that reads with the rights of a superuser',
    plant: () => `
      ALTER TABLE app.message RENAME TO message_rows;
      CREATE VIEW app.message AS SELECT * FROM app.message_rows;
      GRANT SELECT, INSERT, UPDATE, DELETE ON app.message TO hub_app`,
    undo: 'DROP VIEW app.message; ALTER TABLE app.message_rows RENAME TO message',
    by: ['matrix', 'catalogue'],
  },
];

let undo: string | null = null;
afterEach(async () => {
  if (undo !== null) await two.database.asSuperuser(undo);
  undo = null;
});

const matrixFaults = async (): Promise<readonly string[]> =>
  (await runMatrix(two, { principals: ['admin'], only: ['messages.', 'teams.', 'deadLetters.list'] })).faults;

async function catalogueFaults(): Promise<readonly string[]> {
  const client = await connectForStart(two.database.superuserUrl);
  try {
    await client.query('BEGIN; SET LOCAL ROLE hub_app');
    return await findViolations(client);
  } finally {
    await client.end();
  }
}

describe('a hole in the isolation is noticed (TI-05)', () => {
  test('the control: without a hole neither the reduced matrix nor the catalogue complains', async () => {
    expect(await matrixFaults()).toEqual([]);
    expect(await catalogueFaults()).toEqual([]);
  });

  test.each(mutants)('$name', async ({ name, plant, undo: back, by }) => {
    undo = back;
    await two.database.asSuperuser(plant(two.b.accountId));
    const found = { matrix: await matrixFaults(), catalogue: await catalogueFaults() };
    process.stdout.write(
      `mutant: ${name} → caught by ${(['matrix', 'catalogue'] as const).filter((one) => found[one].length > 0).join(' and ') || 'nobody'}\n`,
    );
    for (const one of by) expect(found[one], `${one} of ${name}`).not.toEqual([]);
    if (by.includes('matrix')) expect(found.matrix.join()).toMatch(/shows another account's text|for what does not exist/);
  });

  test('and when all of them are mended there is none left', async () => {
    expect(await matrixFaults()).toEqual([]);
    expect(await catalogueFaults()).toEqual([]);
  });
});
