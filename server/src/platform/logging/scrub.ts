import { isNativeError } from 'node:util/types';
import { MASK, pseudonym, scrubText } from './scrub-text.ts';
import { kindOfName, type NameKind } from './sensitive-names.ts';

const MAX_DEPTH = 10;
const MAX_NODES = 1_000;
const MAX_JSON = 65_536;
const CONTENT = '[left out]';
const MORE = '[more]';

interface Budget {
  nodes: number;
}

/** Tells only whether a secret is there. */
const isFlag = (value: unknown): boolean => typeof value === 'boolean' || value === null || value === undefined;

/** A JSON document in a string is scrubbed by its names, like the object it is. */
function scrubString(text: string, depth: number, budget: Budget): string {
  const first = text.trimStart()[0];
  if ((first === '{' || first === '[' || first === '"') && text.length <= MAX_JSON && text.length > 2) {
    try {
      const parsed: unknown = JSON.parse(text);
      return JSON.stringify(scrubNode(parsed, depth + 1, budget)) ?? '';
    } catch {
      return scrubText(text);
    }
  }
  return scrubText(text);
}

/** Type, code, message, stack and causes of an error; whatever else hangs on it stays out. */
export function scrubError(error: object, depth = 0, budget: Budget = { nodes: MAX_NODES }): Record<string, unknown> {
  const read = (name: string): unknown => Reflect.get(error, name);
  const code = read('code');
  const message = read('message');
  const stack = read('stack');
  const cause = read('cause');
  const type = read('name');
  return {
    type: typeof type === 'string' ? scrubText(type) : 'Error',
    ...(typeof code === 'string' || typeof code === 'number' ? { code: scrubText(String(code)) } : {}),
    ...(typeof message === 'string' ? { message: scrubString(message, depth, budget) } : {}),
    ...(typeof stack === 'string' ? { stack: scrubText(stack.slice(0, 4_096)) } : {}),
    ...(cause === undefined || depth >= 3
      ? {}
      : { cause: isNativeError(cause) ? scrubError(cause, depth + 1, budget) : scrubNode(cause, depth + 1, budget) }),
  };
}

function scrubNamed(kind: NameKind, value: unknown, depth: number, budget: Budget): unknown {
  if (kind === 'plain' || isFlag(value)) return scrubNode(value, depth, budget);
  if (kind === 'secret') return MASK;
  if (kind === 'content') return typeof value === 'number' ? value : CONTENT;
  const isPhone = (typeof value === 'number' && value >= 1e7) || typeof value === 'bigint';
  return isPhone ? pseudonym('phone', String(value)) : scrubNode(value, depth, budget);
}

/** `['Authorization', 'x']`, as raw headers and header pairs come, hides the element after a secret name. */
function scrubList(list: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const scrubbed: unknown[] = [];
  for (const [index, item] of list.entries()) {
    if (budget.nodes <= 0) {
      scrubbed.push(MORE);
      break;
    }
    const before = index > 0 ? list[index - 1] : undefined;
    const follows = typeof before === 'string' && before.length <= 64 && kindOfName(before) === 'secret';
    scrubbed.push(follows && !isFlag(item) ? MASK : scrubNode(item, depth, budget));
  }
  return scrubbed;
}

/** `{ name: 'Authorization', value: 'x' }` is a pair as well. */
function pairKind(entries: readonly (readonly [string, unknown])[]): NameKind {
  for (const [name, value] of entries) {
    if (typeof value === 'string' && /^(?:name|key|header|field)$/i.test(name)) return kindOfName(value);
  }
  return 'plain';
}

function scrubEntries(entries: readonly (readonly [string, unknown])[], depth: number, budget: Budget): Record<string, unknown> {
  const scrubbed: Record<string, unknown> = {};
  const pair = entries.length <= 6 ? pairKind(entries) : 'plain';
  for (const [name, value] of entries) {
    if (budget.nodes <= 0) {
      scrubbed[MORE] = true;
      break;
    }
    if (name === '__proto__') continue;
    const isPairValue = pair === 'secret' && /^values?$/i.test(name);
    const kind = isPairValue ? 'secret' : kindOfName(name);
    scrubbed[name.length > 24 || /\d{5}|[@=]/.test(name) ? scrubText(name) : name] = scrubNamed(kind, value, depth, budget);
  }
  return scrubbed;
}

function scrubObject(value: object, depth: number, budget: Budget): unknown {
  if (depth > MAX_DEPTH) return '[deep]';
  if (isNativeError(value) || value instanceof Error) return scrubError(value, depth, budget);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return scrubList(value, depth + 1, budget);
  if (value instanceof Set) return scrubList([...value], depth + 1, budget);
  if (value instanceof Map) {
    return scrubEntries(
      [...value].map(([name, item]): [string, unknown] => [typeof name === 'object' ? '[object]' : String(name), item]),
      depth + 1,
      budget,
    );
  }
  if (value instanceof URL) return scrubText(value.href);
  const toJson: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJson === 'function') return scrubNode(Reflect.apply(toJson, value, []), depth + 1, budget);
  return scrubEntries(Object.entries(value), depth + 1, budget);
}

function scrubNode(value: unknown, depth: number, budget: Budget): unknown {
  budget.nodes -= 1;
  switch (typeof value) {
    case 'string':
      return scrubString(value, depth, budget);
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? null : scrubObject(value, depth, budget);
    case 'function':
    case 'symbol':
      return undefined;
    default:
      return value;
  }
}

/**
 * A copy fit for logs: values under secret names masked at any depth (also in arrays, Maps, header pairs and JSON inside
 * strings), texts passed through `scrubText`, bodies and message texts left out, binary shown by size. Never throws;
 * bounded to 10 levels and 1,000 values.
 */
export function scrub(value: unknown): unknown {
  try {
    return scrubNode(value, 0, { nodes: MAX_NODES });
  } catch {
    return '[unreadable]';
  }
}

/** One named field, as `scrub({ [name]: value })` would show it. */
export function scrubField(name: string, value: unknown): unknown {
  try {
    return scrubNamed(kindOfName(name), value, 0, { nodes: MAX_NODES });
  } catch {
    return '[unreadable]';
  }
}
