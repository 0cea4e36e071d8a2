/**
 * Everything public that the server and its clients agree on: schemas, ids, permissions, error codes.
 * Not its job: anything that runs.
 */
export { PERMISSIONS, ROLES } from './permissions.ts';
export type { Permission, Role } from './permissions.ts';
export { defineErrors, ERROR_KINDS } from './errors.ts';
export type { ErrorCatalogue, ErrorEntry, ErrorKind } from './errors.ts';
export { accountIdSchema, idSchema, instantSchema, PAGE_LIMIT, pageInput, pageOf, sessionIdSchema, userIdSchema } from './ids.ts';
export { requestErrors } from './requests.ts';
export { accessErrors, changePasswordSchema, meSchema, sessionSchema, signedInSchema, signInSchema, userSchema } from './access.ts';
export type { ChangePassword, Me, Session, SignedIn, SignIn, User } from './access.ts';
export {
  ACCOUNT_STATUSES,
  accountErrors,
  accountPageSchema,
  accountSchema,
  accountSummarySchema,
  changeAccountSchema,
  createAccountSchema,
  listAccountsSchema,
  LOCALES,
} from './accounts.ts';
export type { Account, AccountSummary, ChangeAccount, CreateAccount, ListAccounts } from './accounts.ts';
export { auditEntrySchema, auditPageSchema, listAuditSchema } from './audit.ts';
export type { AuditEntry, ListAudit } from './audit.ts';
export {
  connectInstanceSchema,
  CONNECTION_STATES,
  createInstanceSchema,
  createProviderServerSchema,
  instanceErrors,
  instanceSchema,
  pairingStepSchema,
  PEER_HEALTH,
  PROVIDERS,
  providerServerSchema,
} from './instances.ts';
export type { CreateInstance, CreateProviderServer, Instance, PairingStepView, ProviderServer } from './instances.ts';
export {
  chatwootErrors,
  chatwootLinkSchema,
  createChatwootLinkSchema,
  inboxSchema,
  linkInboxSchema,
  remoteInboxSchema,
} from './chatwoot.ts';
export type { ChatwootLink, CreateChatwootLink, Inbox } from './chatwoot.ts';
export {
  DIRECTIONS,
  failureSchema,
  listMessagesSchema,
  MESSAGE_STATES,
  messageDetailSchema,
  messageErrors,
  messagePageSchema,
  messageSchema,
  RECEIPTS,
  replaySchema,
  roadSummarySchema,
} from './messages.ts';
export type { Message } from './messages.ts';
export { sandboxKeysSchema } from './sandbox.ts';
export type { SandboxKeys } from './sandbox.ts';
