import { z } from 'zod';

/** The part of JSON Schema that zod writes and that we read. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  $schema?: string;
  description?: string;
  default?: unknown;
  /** Ours: the value is a `Date` inside and ISO 8601 text outside. */
  'x-date'?: true;
  [keyword: string]: unknown;
}

/** `$ref`s point into the schema's own `$defs`. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type !== 'date') return;
      jsonSchema.type = 'string';
      jsonSchema.format = 'date-time';
      jsonSchema['x-date'] = true;
    },
  });
  return made as JsonSchema;
}

export function resolveRef(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.match(/^#\/\$defs\/(.+)$/)?.[1];
  if (name !== undefined) return root.$defs?.[name] ?? {};
  return schema.$ref === '#' ? root : schema;
}

/** The schema, or the alternatives it offers. */
export function branchesOf(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema[] {
  const resolved = resolveRef(schema, root);
  const parts = [...(resolved.anyOf ?? []), ...(resolved.oneOf ?? []), ...(resolved.allOf ?? [])];
  if (parts.length === 0 || depth > 8) return [resolved];
  return [...(resolved.properties === undefined ? [] : [resolved]), ...parts.flatMap((part) => branchesOf(part, root, depth + 1))];
}

export const isType = (schema: JsonSchema, type: string): boolean =>
  schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));
