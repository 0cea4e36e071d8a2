import { z } from 'zod';

/** Every id of the Hub: a UUID (version 7), opaque to clients. */
export const idSchema = z.uuid();
export const accountIdSchema = idSchema.describe('The account.');
export const userIdSchema = idSchema.describe('The user.');
export const sessionIdSchema = idSchema.describe('The signed-in device.');

/** An instant in UTC, ISO 8601. */
export const instantSchema = z.iso.datetime();

export const PAGE_LIMIT = 100;

/** What every list takes: at most `limit` entries, after the entry whose id is `cursor`. */
export const pageInput = {
  cursor: idSchema.optional().describe('The `nextCursor` of the page before.'),
  limit: z.int().min(1).max(PAGE_LIMIT).default(50),
};

/** One page. `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: idSchema.nullable() });
