/**
 * Error codes of PostgreSQL after which the same work may succeed: serialization, deadlock, lock and statement timeout,
 * too many connections, and the server going away or coming up.
 */
const transientStates: ReadonlySet<string> = new Set([
  '40001',
  '40P01',
  '55P03',
  '57014',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '25P03',
  '25P04',
]);
const transientCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** Prisma: unreachable, timed out, closed, pool exhausted, transaction expired or lost, write conflict, too many connections. */
const transientPrisma: ReadonlySet<string> = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);
const transientKinds: ReadonlySet<string> = new Set([
  'TransactionWriteConflict',
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
/** What pg and its pool say without a code. */
const transientWords = /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** Whether the same work may succeed when tried again. False for every error that is not the database's. */
export function isTransient(error: unknown): boolean {
  return (
    causes(error).some((cause) => {
      const { code, kind } = cause;
      if (typeof kind === 'string' && transientKinds.has(kind)) return true;
      if (typeof code === 'string' && (transientPrisma.has(code) || transientCodes.has(code))) return true;
      return cause instanceof Error && transientWords.test(cause.message);
    }) || isTransientState(sqlStateOf(error))
  );
}

/** The five characters PostgreSQL gives every error, however deep Prisma and its adapter wrapped them. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const { originalCode, code } of causes(error)) {
    const state = [originalCode, code].find(
      (value) => typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value) && !/^P[1-9]/.test(value) && !value.startsWith('E'),
    );
    if (typeof state === 'string') return state;
  }
  return undefined;
}

const isTransientState = (state: string | undefined): boolean =>
  state !== undefined && (transientStates.has(state) || state.startsWith('08'));

type Described = { readonly code?: unknown; readonly originalCode?: unknown; readonly kind?: unknown };

/** The error, its causes, and the driver's error where Prisma keeps it (`meta.driverAdapterError`). */
function causes(error: unknown): Described[] {
  const found: Described[] = [];
  const pending: unknown[] = [error];
  while (pending.length > 0 && found.length < 10) {
    const next = pending.shift();
    if (typeof next !== 'object' || next === null) continue;
    found.push(next);
    if ('cause' in next) pending.push(next.cause);
    if ('meta' in next && typeof next.meta === 'object' && next.meta !== null && 'driverAdapterError' in next.meta)
      pending.push(next.meta.driverAdapterError);
    if (next instanceof AggregateError) pending.push(...(next.errors as unknown[]));
  }
  return found;
}
