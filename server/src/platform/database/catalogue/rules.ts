/** Each query sees `given` (names and allowances), `tables` and `tenant`, and returns one row per hole, in words. */
export interface CatalogueRule {
  /** The letter in SECURITY.md TI-02. */
  readonly rule: 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h';
  readonly sql: string;
}

export const catalogueRules: readonly CatalogueRule[] = [
  {
    rule: 'a',
    sql: `
      SELECT format('table %s does not %s row level security', relname, CASE WHEN relrowsecurity THEN 'force' ELSE 'enable' END) AS violation
      FROM tenant WHERE NOT (relrowsecurity AND relforcerowsecurity)`,
  },
  {
    rule: 'a',
    sql: `
      SELECT format('table %s lacks the policy %s in its exact form', t.relname, wanted.name) AS violation
      FROM tenant t, given,
      LATERAL (SELECT CASE WHEN t.relname = given.account_table THEN 'id' ELSE 'account_id' END AS col) c,
      LATERAL (VALUES ('app_access', true, 'true'),
        ('tenant_isolation', false, format('(%s = ( SELECT %s.account_id() AS account_id))', c.col, given.schema))) AS wanted(name, permissive, expression)
      WHERE NOT EXISTS (SELECT FROM pg_policy p
        WHERE p.polrelid = t.oid AND p.polname = wanted.name AND p.polpermissive = wanted.permissive AND p.polcmd = '*'
          AND ARRAY(SELECT pg_get_userbyid(r)::text FROM unnest(p.polroles) r) = ARRAY[given.app]
          AND pg_get_expr(p.polqual, p.polrelid) = wanted.expression AND pg_get_expr(p.polwithcheck, p.polrelid) = wanted.expression)`,
  },
  {
    rule: 'a',
    sql: `
      SELECT format('table %s has the policy %s beside the agreed ones', t.relname, p.polname) AS violation
      FROM tenant t JOIN pg_policy p ON p.polrelid = t.oid, given
      WHERE p.polname NOT IN ('app_access', 'tenant_isolation')
        AND NOT (p.polcmd = 'r' AND p.polpermissive AND ARRAY(SELECT pg_get_userbyid(r)::text FROM unnest(p.polroles) r) = ARRAY[given.lookup])`,
  },
  {
    rule: 'b',
    sql: `
      SELECT format('foreign key %s of %s to %s does not carry the account', k.conname, f.relname, t.relname) AS violation
      FROM pg_constraint k JOIN tables f ON f.oid = k.conrelid JOIN tenant t ON t.oid = k.confrelid, given
      WHERE k.contype = 'f' AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS pair(here, there)
        WHERE pair.here = CASE WHEN f.relname = ANY (given.global_tables) THEN NULL ELSE f.tenant_column END AND pair.there = t.tenant_column)`,
  },
  {
    rule: 'b',
    sql: `
      SELECT format('foreign key %s of %s clears account_id when the other row goes; name the columns: ON DELETE SET NULL (column)', k.conname, f.relname) AS violation
      FROM pg_constraint k JOIN tenant f ON f.oid = k.conrelid
      WHERE k.contype = 'f' AND k.confdeltype IN ('n', 'd') AND f.tenant_column = ANY (coalesce(k.confdelsetcols, k.conkey))`,
  },
  {
    rule: 'c',
    sql: `
      SELECT format('unique index %s of %s does not contain account_id', i.relname, t.relname) AS violation
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN tenant t ON t.oid = x.indrelid, given
      WHERE x.indisunique AND t.tenant_column <> ALL (x.indkey::int2[]) AND i.relname <> ALL (given.global_indexes)
        AND NOT (x.indisprimary AND x.indnatts = 1 AND EXISTS (SELECT FROM pg_attribute a
          WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attname = 'id' AND a.atttypid = 'uuid'::regtype))`,
  },
  {
    rule: 'd',
    sql: `
      SELECT format('%s %s shows rows with its owner''s rights', CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, c.relname) AS violation
      FROM pg_class c, given
      WHERE c.relnamespace = given.schema AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT EXISTS (
        SELECT FROM pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker' AND option_value IN ('true', 'on', '1', 'yes')))`,
  },
  {
    rule: 'e',
    sql: `
      SELECT format('function %s runs with the rights of %s', p.oid::regprocedure, pg_get_userbyid(p.proowner)) || CASE
        WHEN p.pronamespace <> given.schema THEN ' outside the schema'
        WHEN p.proname <> ALL (given.lookups) THEN ' and is not on the list'
        WHEN pg_get_userbyid(p.proowner) <> given.lookup THEN ', which is not ' || given.lookup
        WHEN p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0) THEN ' and everybody may call it'
        ELSE ' and fixes no search_path' END AS violation
      FROM pg_proc p, given
      WHERE p.prosecdef AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND NOT (p.pronamespace = given.schema AND p.proname = ANY (given.lookups) AND pg_get_userbyid(p.proowner) = given.lookup
          AND p.proacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0)
          AND EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%'))`,
  },
  {
    rule: 'f',
    sql: `
      SELECT format('the processes work as %s, which %s', current_user, reason) AS violation
      FROM given, LATERAL (
        SELECT 'is not ' || given.app AS reason WHERE current_user <> given.app
        UNION ALL SELECT 'is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
        UNION ALL SELECT 'bypasses row level security' FROM pg_roles WHERE rolname = current_user AND rolbypassrls
        UNION ALL SELECT 'may make roles' FROM pg_roles WHERE rolname = current_user AND rolcreaterole
        UNION ALL SELECT 'is a member of ' || rolname FROM pg_roles
          WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER')
            AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        UNION ALL SELECT 'owns ' || relname FROM pg_class WHERE relnamespace = given.schema AND pg_get_userbyid(relowner) = current_user
        UNION ALL SELECT 'may make objects in the schema' WHERE has_schema_privilege(given.schema::oid, 'CREATE')) AS reasons`,
  },
  {
    rule: 'g',
    sql: `
      SELECT format('table %s has no account_id', relname) AS violation FROM tenant WHERE tenant_column IS NULL
      UNION ALL
      SELECT format('account_id of %s must be a uuid and never null', t.relname) FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = t.tenant_column
      WHERE NOT a.attnotnull OR a.atttypid <> 'uuid'::regtype`,
  },
  {
    rule: 'h',
    sql: `
      SELECT format('%s may %s on %s', CASE g.grantee WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(g.grantee) END, g.privilege_type, c.relname) AS violation
      FROM pg_class c, LATERAL aclexplode(c.relacl) g, given
      WHERE c.relnamespace = given.schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND g.grantee <> c.relowner
        AND (g.grantee = 0 OR g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'))`,
  },
];
