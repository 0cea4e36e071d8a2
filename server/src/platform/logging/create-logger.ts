import { type DestinationStream, destination as fileDestination, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { scrubError, scrubField } from './scrub.ts';
import { pseudonym, scrubText } from './scrub-text.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * One JSON line per call. Fields are scrubbed; `req`, `res` and `err` are reduced to an allow-list
 * (`req`: method, route, id, ip_hash; `res`: status; `err`: type, code, message, stack, cause).
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Fields that every line of the child carries, for example `requestId` or `accountId`. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Receives whole lines. Default: standard output, written at once so that nothing is lost at a crash. */
  readonly destination?: DestinationStream;
}

const read = (source: unknown, name: string): unknown =>
  typeof source === 'object' && source !== null ? Reflect.get(source, name) : undefined;

/** The route pattern (`/hooks/:source/:token`), never the URL. */
function requestFields(req: unknown): Record<string, unknown> {
  const [method, id, ip, route] = [read(req, 'method'), read(req, 'id'), read(req, 'ip'), read(req, 'route')];
  const pattern = typeof route === 'string' ? route : read(route, 'path');
  return {
    ...(typeof method === 'string' ? { method: scrubText(method) } : {}),
    ...(typeof pattern === 'string' ? { route: scrubText(pattern) } : {}),
    ...(typeof id === 'string' || typeof id === 'number' ? { id: scrubText(String(id)) } : {}),
    ...(typeof ip === 'string' ? { ip_hash: pseudonym('ip', ip) } : {}),
  };
}

function responseFields(res: unknown): Record<string, unknown> {
  const status = read(res, 'statusCode') ?? read(res, 'status');
  return typeof status === 'number' ? { status } : {};
}

const errorFields = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? scrubError(error) : { message: scrubText(String(error)) };

/** Names the line itself uses; a field may not pass for them. */
const OWN_NAMES: readonly string[] = ['message', 'level', 'time'];

function forLog(fields: LogFields): Record<string, unknown> {
  const ready: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(fields)) {
    if (given === '__proto__') continue;
    const name = OWN_NAMES.includes(given) ? `field_${given}` : given;
    try {
      if (name === 'req') ready[name] = requestFields(value);
      else if (name === 'res') ready[name] = responseFields(value);
      else if (name === 'err' || name === 'error') ready[name] = errorFields(value);
      else ready[name] = scrubField(name, value);
    } catch {
      ready[name] = '[unreadable]';
    }
  }
  return ready;
}

const NO_FIELDS: LogFields = {};

function wrap(inner: PinoLogger): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = NO_FIELDS): void => {
      if (inner.isLevelEnabled(level)) inner[level](forLog(fields), scrubText(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(inner.child(forLog(fields))),
  };
}

export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    messageKey: 'message',
    errorKey: 'err',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // pino would rewrite `err` a second time, joining the messages of all causes.
    serializers: { err: (ready: unknown) => ready },
  };
  return wrap(pino(options, destination ?? fileDestination({ dest: 1, sync: true })));
}
