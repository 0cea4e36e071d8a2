import { Prisma } from '#prisma';

/** Of Prisma's own values these leave the room; `Prisma.raw` does not, because it puts text into SQL (rule TI-04). */
export const { sql, join: joinSql, DbNull, JsonNull } = Prisma;
