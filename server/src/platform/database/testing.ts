/**
 * What `tests/support` needs to make databases for tests: a server, a template, rights on a copy.
 * Not its job: anything a running Hub does; nothing but tests and tools imports this door.
 */
export { findViolations } from './catalogue/find-violations.ts';
export { connectForStart } from './connect.ts';
export { changeUrl, type DatabaseUrl } from './database-url.ts';
export { useEmbeddedPostgres, type EmbeddedPostgres } from './embedded/embedded-postgres.ts';
export { findRunningServer } from './embedded/postmaster-file.ts';
export { grantOnDatabase } from './make-roles.ts';
export { migrateAndCheck } from './prepare-database.ts';
export { appRole, ownerRole, queueRole, rolePassword } from './roles.ts';
export { createMigration, findDrift } from './migrations/compare-with-schema.ts';
export { findPrismaFolder } from './migrations/read-migrations.ts';
