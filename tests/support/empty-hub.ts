import { createAccess } from '../../server/src/modules/access/index.ts';
import type { Hub } from '../../server/src/processes/testing.ts';
import { createRouter } from '../../server/src/router.ts';
import type { RouterTools } from '../../server/src/router.ts';

/** Shapes only, for the census: nothing in it is ever called, so nothing needs a database. */
export const emptyRouter = (): ReturnType<typeof createRouter> =>
  createRouter({ access: {}, instances: {}, inboxes: {}, messages: {} } as unknown as RouterTools);

export const emptyHub = (production: boolean): Hub =>
  ({ access: createAccess({} as Parameters<typeof createAccess>[0]), settings: { production } }) as unknown as Hub;
