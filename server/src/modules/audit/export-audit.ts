import { once } from 'node:events';
import type { Request } from 'express';
import { auditErrors, exportAuditSchema, requestErrors } from '@whatpro/sdk/contract';
import type { PlainRoute } from '#platform/edge';
import { type AccountContext, accountIn, AppError, type ProcedureContext } from '#platform/trpc';
import { countEntries, readEntries } from './list-audit.ts';
import { CSV_HEAD, csvLineOf } from './write-csv.ts';

const PAGE = 500;
const MOST_LINES = 50_000;
/** What it counts as where calls are limited. */
const COST = 50;

/** A file cannot be a procedure. It is let in by the same door as one, and read page by page, so that its size is no matter. */
export function exportAuditRoute(
  createContext: (request: Request) => Promise<ProcedureContext>,
  /** Throws when the account may not. */
  requireExport: (account: AccountContext) => Promise<void>,
): PlainRoute {
  return {
    method: 'get',
    path: '/api/v1/accounts/:accountId/audit.csv',
    guard: 'none',
    shown: {
      summary: 'What was done in the account, as a file of comma-separated values',
      tag: 'Audit',
      status: 200,
      inAccount: true,
      query: exportAuditSchema,
      file: 'text/csv',
    },
    async handler(request, response) {
      const account = await accountIn(await createContext(request), String(request.params.accountId), 'audit:read', COST);
      await requireExport(account);
      const filters = exportAuditSchema.safeParse(request.query);
      if (!filters.success) throw new AppError(requestErrors.invalid, { cause: filters.error });
      const lines = await account.database.run((database) => countEntries(database, filters.data, MOST_LINES + 1));
      if (lines > MOST_LINES) throw new AppError(auditErrors['export-too-large']);

      response.setHeader('Content-Type', 'text/csv; charset=utf-8');
      response.setHeader('Content-Disposition', 'attachment; filename="audit.csv"');
      response.write(CSV_HEAD);
      for (let before: string | undefined, sent = 0; sent <= MOST_LINES;) {
        const page = await account.database.run((database) => readEntries(database, filters.data, before, PAGE));
        sent += page.length;
        before = page.at(-1)?.id;
        const taken = response.write(page.map(csvLineOf).join(''));
        if (page.length < PAGE || response.destroyed) break;
        if (!taken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
      response.end();
    },
  };
}
