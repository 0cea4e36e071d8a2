import type { AnyTRPCRouter } from '@trpc/server';
import type { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, type PlainRoute } from '#platform/edge';
import { type JsonSchema, toJsonSchema } from './json-schema.ts';
import { inputShapeOf } from './rest-input.ts';
import { type RestProcedure, restProcedures } from './rest-router.ts';

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Record<string, never[]>[];
  readonly parameters?: readonly {
    name: string;
    in: 'path' | 'query' | 'header';
    required: boolean;
    description?: string;
    schema: JsonSchema;
  }[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, OpenApiOperation>>;
  readonly components: { readonly schemas: Record<string, JsonSchema>; readonly securitySchemes: Record<string, unknown> };
}

interface OpenApiOptions {
  readonly version: string;
  readonly routes?: readonly PlainRoute[];
}

const PREFIX = '/api/v1';

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened, what was kept, what to do next.' },
    code: { type: 'string', description: 'For programs, such as `instances/not-found`.' },
    requestId: { type: 'string' },
    issues: {
      type: 'array',
      items: { type: 'object', required: ['path', 'message'], properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description: 'For a day, the same request with the same key is answered the same and done once.',
  schema: { type: 'string', minLength: 1, maxLength: 255 } as JsonSchema,
};

const REFUSALS: Readonly<Record<string, string>> = {
  400: 'The request is not valid.',
  401: 'Not signed in.',
  403: 'Not allowed.',
  404: 'Not there, or not to be seen by the caller.',
  default: 'Any other refusal.',
};

/** The OpenAPI 3.1 document of every procedure with a REST address and every shown route. The same router gives the same text. */
export function renderOpenApi(router: AnyTRPCRouter, { version, routes = [] }: OpenApiOptions): OpenApiDocument {
  const components: Record<string, JsonSchema> = { Problem: PROBLEM };
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const place = (path: string, method: string, operation: OpenApiOperation): void => {
    paths[path] = sorted({ ...paths[path], [method]: operation });
  };
  for (const procedure of restProcedures(router)) {
    place(PREFIX + procedure.meta.rest.path, procedure.meta.rest.method.toLowerCase(), procedureOperation(procedure, components));
  }
  for (const { method, path, shown } of routes) {
    if (shown !== undefined) place(path.replace(/:(\w+)/g, '{$1}'), method, routeOperation(path, shown, components));
  }
  return {
    openapi: '3.1.0',
    info: { title: 'WhatPro Hub', version },
    paths: sorted(paths),
    components: { schemas: sorted(components), securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}

function procedureOperation(procedure: RestProcedure, components: Record<string, JsonSchema>): OpenApiOperation {
  const { rest, kind } = procedure.meta;
  const { fields } = inputShapeOf(procedure.inputs);
  const inPath = new Set([...rest.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const inBody = rest.method !== 'GET' && rest.method !== 'DELETE';
  const published = [...fields].map(([name, field]) => ({
    name,
    required: field.required,
    schema: publish(field.schema, field.root, components, procedure.path),
  }));
  const parameters = published
    .filter(({ name }) => inPath.has(name) || !inBody)
    .map(({ name, required, schema: { description, ...schema } }) => ({
      name,
      in: inPath.has(name) ? ('path' as const) : ('query' as const),
      required: required || inPath.has(name),
      ...(description === undefined ? {} : { description }),
      schema,
    }));
  const once = kind === 'account' && procedure.type === 'mutation' ? [IDEMPOTENCY_KEY] : [];
  const body = published.filter(({ name }) => inBody && !inPath.has(name));
  const required = body.filter((field) => field.required).map(({ name }) => name);
  const bodySchema: JsonSchema = {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(body.map(({ name, schema }) => [name, schema])),
  };
  const output = procedure.output === null ? undefined : publishWhole(procedure.output, 'output', components, procedure.path);
  return {
    operationId: procedure.path,
    summary: rest.summary,
    tags: [rest.tag],
    security: kind === 'public' ? [] : [{ bearer: [] }],
    ...(parameters.length + once.length > 0 ? { parameters: [...parameters, ...once] } : {}),
    ...(body.length > 0 ? { requestBody: { required: required.length > 0, content: { 'application/json': { schema: bodySchema } } } } : {}),
    responses: {
      ...success(rest.status ?? 200, output),
      ...refusals([
        ...(fields.size > 0 ? ['400'] : []),
        ...(kind === 'public' ? [] : ['401']),
        ...(kind === 'account' ? ['403', '404'] : []),
        ...(kind === 'operator' ? ['403'] : []),
      ]),
    },
  };
}

function routeOperation(path: string, shown: NonNullable<PlainRoute['shown']>, components: Record<string, JsonSchema>): OpenApiOperation {
  const id = path.replace(`${PREFIX}/`, '').replace(/[/:]+/g, '.');
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' } as JsonSchema,
  }));
  const inQuery = [...inputShapeOf(shown.query === undefined ? [] : [shown.query]).fields].map(([name, { schema, root }]) => ({
    name,
    in: 'query' as const,
    required: false,
    schema: publish(schema, root, components, id),
  }));
  const parameters = [...inPath, ...inQuery];
  const answer =
    shown.file !== undefined
      ? ({ type: 'string' } as JsonSchema)
      : shown.output === undefined
        ? undefined
        : publishWhole(shown.output, 'output', components, id);
  return {
    operationId: id,
    summary: shown.summary,
    tags: [shown.tag],
    security: shown.inAccount === true ? [{ bearer: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(shown.input === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: publishWhole(shown.input, 'input', components, id) } } },
        }),
    responses: {
      ...success(shown.status, answer, shown.file),
      ...refusals(shown.inAccount === true ? ['400', '401', '403', '404'] : ['400', '401']),
    },
  };
}

function success(status: number, schema: JsonSchema | undefined, media = 'application/json'): OpenApiOperation['responses'] {
  const content = status === 204 || schema === undefined ? {} : { content: { [media]: { schema } } };
  return { [String(status)]: { description: status === 201 ? 'Made.' : 'Done.', ...content } };
}

function refusals(statuses: readonly string[]): OpenApiOperation['responses'] {
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries([...statuses, 'default'].map((status) => [status, { description: REFUSALS[status] ?? '', content }]));
}

function publishWhole(schema: z.ZodType, io: 'input' | 'output', components: Record<string, JsonSchema>, owner: string): JsonSchema {
  const root = toJsonSchema(schema, io);
  return publish(root, root, components, owner);
}

/** Moves the schema's own definitions into the document and points its references there. */
function publish(schema: JsonSchema, root: JsonSchema, components: Record<string, JsonSchema>, owner: string): JsonSchema {
  // zod numbers the definitions it has no name for; those numbers mean something within one schema only.
  const nameOf = (name: string): string => (name.startsWith('__') ? `${owner}.${name.slice(2)}` : name);
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value !== 'object' || value === null) return value;
    // The patterns of well-known formats are pages long and say nothing more.
    const formatted = 'format' in value && typeof value.format === 'string';
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '$schema' && key !== '$defs' && key !== 'x-date' && !(formatted && key === 'pattern'))
        .map(([key, child]) => {
          const name = key === '$ref' && typeof child === 'string' ? child.match(/^#\/\$defs\/(.+)$/)?.[1] : undefined;
          return [key, name === undefined ? rewrite(child) : `#/components/schemas/${nameOf(name)}`];
        }),
    );
  };
  for (const [name, definition] of Object.entries(root.$defs ?? {})) components[nameOf(name)] ??= rewrite(definition) as JsonSchema;
  return rewrite(schema) as JsonSchema;
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
