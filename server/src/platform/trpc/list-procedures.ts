import type { AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import type { ProcedureMeta } from './trpc.ts';

export interface ListedProcedure {
  /** Such as `instances.list`. */
  readonly path: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly meta: ProcedureMeta;
  readonly hasOutput: boolean;
  /** In the order they are applied; an account procedure's first is `{ accountId }`. */
  readonly inputs: readonly z.ZodType[];
  readonly output: z.ZodType | null;
  /** The names of the middlewares, in order. */
  readonly middlewares: readonly string[];
}

interface ProcedureDefinition {
  readonly type: ListedProcedure['type'];
  readonly meta?: ProcedureMeta;
  readonly inputs: readonly unknown[];
  readonly output?: unknown;
  readonly middlewares: readonly { readonly name: string }[];
}

/** The census: every procedure of a router, sorted by path. */
export function listProcedures(router: AnyTRPCRouter): ListedProcedure[] {
  const procedures = Object.entries(router._def.procedures as Record<string, { readonly _def: ProcedureDefinition }>);
  return procedures
    .map(([path, { _def }]) => ({
      path,
      type: _def.type,
      meta: _def.meta ?? {},
      hasOutput: _def.output !== undefined,
      inputs: _def.inputs.filter(isSchema),
      output: isSchema(_def.output) ? _def.output : null,
      middlewares: _def.middlewares.map(({ name }) => name),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One sentence per procedure that breaks the house rules; empty when all is well. */
export function procedureFaults(router: AnyTRPCRouter): string[] {
  const listed = listProcedures(router);
  const addresses = new Map<string, string>();
  return listed.flatMap((procedure) => {
    const { path, meta } = procedure;
    const faults: string[] = [];
    if (meta.kind === undefined || meta.scope === undefined) faults.push(`${path} is not built from one of the four kinds of procedure.`);
    if (meta.kind === 'account' && meta.permission === undefined) faults.push(`${path} names no permission.`);
    if (!procedure.hasOutput && procedure.type !== 'subscription') faults.push(`${path} has no .output().`);
    if (procedure.output === null && procedure.hasOutput) faults.push(`${path} has an output that is not a zod schema.`);
    if (meta.rest !== undefined) {
      const address = `${meta.rest.method} ${meta.rest.path.replace(/\{\w+\}/g, '{}')}`;
      const other = addresses.get(address);
      if (other !== undefined) faults.push(`${path} and ${other} share the address ${address}.`);
      addresses.set(address, path);
      if (procedure.type === 'subscription') faults.push(`${path} is a subscription and cannot have a REST address.`);
      if ((meta.rest.method === 'GET') !== (procedure.type === 'query'))
        faults.push(`${path} is a ${procedure.type} and cannot be ${meta.rest.method}.`);
      if (meta.kind === 'account' && meta.rest.accountInBody !== true && !meta.rest.path.includes('{accountId}'))
        faults.push(`${path} has no {accountId} in its address.`);
    }
    return faults;
  });
}

function isSchema(value: unknown): value is z.ZodType {
  return value instanceof z.ZodType;
}
