import { z } from 'zod';
import { operatorProcedure, router } from '#platform/trpc';
import { sandboxKeysSchema } from '@whatpro/sdk/contract';
import type { SandboxKeys } from '@whatpro/sdk/contract';

/** Null while the sandbox is off. */
export type SandboxKeysSource = () => SandboxKeys | null;

export function createSandboxRouter(keys: SandboxKeysSource) {
  return router({
    /** How the sandbox page reaches the phone and the inbox. Operators only: who has the key types on the phone. */
    keys: operatorProcedure
      .input(z.strictObject({}))
      .output(sandboxKeysSchema.nullable())
      .query(() => keys()),
  });
}
