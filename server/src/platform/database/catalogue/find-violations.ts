import type pg from 'pg';
import { appRole, appSchema, lookupRole, ownerRole } from '../roles.ts';
import { allowances as ownAllowances, type Allowances } from './allowances.ts';
import { catalogueRules } from './rules.ts';

/**
 * Reads the catalogue for holes between accounts (rule TI-02) and returns each in words; none is the only good answer.
 * Must run as the role the processes work as, because one rule is about that role.
 */
export async function findViolations(client: pg.ClientBase, allowances: Allowances = ownAllowances): Promise<readonly string[]> {
  const names = { app: appRole, owner: ownerRole, lookup: lookupRole, schema: appSchema };
  const found: string[] = [];
  for (const { rule, sql } of catalogueRules) {
    const { rows } = await client.query<{ violation: string }>(
      `WITH given AS (SELECT j, j->>'app' AS app, j->>'owner' AS owner, j->>'lookup' AS lookup, (j->>'schema')::regnamespace AS schema,
              j->>'accountTable' AS account_table,
              ARRAY(SELECT jsonb_array_elements_text(j->'globalTables')) AS global_tables,
              ARRAY(SELECT jsonb_array_elements_text(j->'globalUniqueIndexes')) AS global_indexes,
              ARRAY(SELECT jsonb_array_elements_text(j->'lookups')) AS lookups
            FROM (SELECT $1::jsonb AS j) AS input),
       tables AS (SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relacl,
              (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                AND a.attname = CASE WHEN c.relname = given.account_table THEN 'id' ELSE 'account_id' END) AS tenant_column
            FROM pg_class c, given WHERE c.relnamespace = given.schema AND c.relkind IN ('r', 'p')),
       tenant AS (SELECT tables.* FROM tables, given WHERE relname <> ALL (given.global_tables))
       ${sql}`,
      [JSON.stringify({ ...names, ...allowances })],
    );
    found.push(...rows.map((row) => `${row.violation} [TI-02 ${rule}]`));
  }
  return found;
}
