/**
 * The way to PostgreSQL: starting or finding it, migrating and checking it, and the doors through which rows are reached, one account at a time.
 * Not its job: what the rows mean; who may act in an account.
 */
export { prepareDatabase, type PreparedDatabase, type PrepareOptions } from './prepare-database.ts';
export { StartProblem, type StartProblemKind } from './start-problem.ts';
export {
  openDatabase,
  type AccountDatabase,
  type Database,
  type DatabaseOptions,
  type RoadCaller,
  type SystemDatabase,
  type SystemDoor,
} from './database.ts';
export { isTransient } from './classify-error.ts';
export { DbNull } from './prisma-values.ts';
export type { Prisma } from '#prisma';
export type { DatabaseUrl } from './database-url.ts';
