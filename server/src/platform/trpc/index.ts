/**
 * Procedures: who calls, what they may, one translation of errors. Every procedure is built from the four kinds here.
 * Not its job: knowing what any procedure does.
 */
export { AppError } from './app-error.ts';
export type {
  AccountContext,
  Actor,
  Admit,
  Authorise,
  Grant,
  KeyActor,
  Principal,
  ProcedureContext,
  Reach,
  RequestFacts,
  TokenActor,
  UserActor,
} from './context.ts';
export { wholeAccount } from './context.ts';
export { accountIn } from './let-in.ts';
export { listProcedures, type ListedProcedure, procedureFaults } from './list-procedures.ts';
export { accountProcedure, mergeRouters, operatorProcedure, publicProcedure, router, signedInProcedure } from './procedures.ts';
export { onlyReached, reaches, requireWholeAccount } from './reach.ts';
export { type PublicError, type PublicIssue, publicErrorOf } from './public-error.ts';
export type { ProcedureMeta, RestAddress, TrpcErrorData } from './trpc.ts';
export { createTrpcHandler } from './trpc-handler.ts';
