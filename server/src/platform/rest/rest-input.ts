import { z } from 'zod';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';
import { branchesOf, isType, type JsonSchema, toJsonSchema } from './json-schema.ts';

/** What a procedure takes, from all its schemas together. */
export interface InputShape {
  readonly fields: ReadonlyMap<string, { readonly schema: JsonSchema; readonly root: JsonSchema; readonly required: boolean }>;
  /** Also takes keys that are not in `fields`. */
  readonly open: boolean;
}

export interface RestParts {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Undefined when no body was sent. */
  readonly body: unknown;
}

export function inputShapeOf(inputs: readonly z.ZodType[]): InputShape {
  const fields = new Map<string, { schema: JsonSchema; root: JsonSchema; required: boolean }>();
  let open = false;
  for (const root of inputs.map((input) => toJsonSchema(input, 'input'))) {
    const branches = branchesOf(root, root);
    for (const branch of branches) {
      if (branch.additionalProperties !== undefined && branch.additionalProperties !== false) open = true;
      for (const [name, schema] of Object.entries(branch.properties ?? {})) {
        const known = fields.get(name);
        const required = branches.length === 1 && (branch.required ?? []).includes(name);
        fields.set(name, { root, required, schema: known === undefined ? schema : { anyOf: [known.schema, schema] } });
      }
    }
  }
  return { fields, open };
}

/** One raw input from the address, the query and the body. Throws `request/invalid` for keys nobody asked for; everything else zod judges. */
export function readRestInput(shape: InputShape, { params, query, body }: RestParts): Record<string, unknown> | undefined {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body)))
    refuse('', 'The body must be a JSON object.');
  const bodyFields = Object.entries(body ?? {});
  const taken = new Set(Object.keys(params));
  const input: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(params)) input[name] = fromText(given, shape.fields.get(name));
  for (const [name, given] of Object.entries(query)) {
    checkName(shape, taken, name);
    input[name] = fromText(given, shape.fields.get(name));
  }
  for (const [name, given] of bodyFields) {
    checkName(shape, taken, name);
    const field = shape.fields.get(name);
    input[name] = field === undefined ? given : withDates(given, field.schema, field.root);
  }
  return shape.fields.size === 0 && taken.size === 0 ? undefined : input;
}

function checkName(shape: InputShape, taken: Set<string>, name: string): void {
  if (taken.has(name)) refuse(name, 'This key is given twice.');
  if (!shape.open && !shape.fields.has(name)) refuse(name, 'Unrecognized key.');
  taken.add(name);
}

function refuse(path: string, message: string): never {
  throw new AppError(requestErrors.invalid, {
    cause: new z.ZodError([{ code: 'custom', path: path === '' ? [] : [path], message, input: undefined }]),
  });
}

function fromText(given: unknown, field: { readonly schema: JsonSchema; readonly root: JsonSchema } | undefined): unknown {
  if (field === undefined) return given;
  const branches = branchesOf(field.schema, field.root);
  const list = branches.find((branch) => isType(branch, 'array'));
  if (list !== undefined) {
    const items = branchesOf(list.items ?? {}, field.root);
    return (Array.isArray(given) ? given : [given]).map((text) => textTo(text, items));
  }
  return textTo(given, branches);
}

/** The first type the text is a faithful writing of; the text itself when there is none, for zod to refuse. */
function textTo(text: unknown, branches: readonly JsonSchema[]): unknown {
  if (typeof text !== 'string') return text;
  for (const branch of branches) {
    if ((isType(branch, 'integer') || isType(branch, 'number')) && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
    if (isType(branch, 'boolean') && (text === 'true' || text === 'false')) return text === 'true';
    if (branch['x-date'] === true && isInstant(text)) return new Date(text);
  }
  return text;
}

function withDates(value: unknown, schema: JsonSchema, root: JsonSchema): unknown {
  const branches = branchesOf(schema, root);
  if (typeof value === 'string') return branches.some((branch) => branch['x-date'] === true) && isInstant(value) ? new Date(value) : value;
  if (Array.isArray(value)) {
    const items = branches.find((branch) => branch.items !== undefined)?.items;
    return items === undefined ? value : value.map((item) => withDates(item, items, root));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const inner = branches.find((branch) => branch.properties?.[key] !== undefined)?.properties?.[key];
      return [key, inner === undefined ? child : withDates(child, inner, root)];
    }),
  );
}

const isInstant = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
