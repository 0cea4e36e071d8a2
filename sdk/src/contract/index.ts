/**
 * Everything public that the server and its clients agree on: schemas, ids, permissions, error codes.
 * Not its job: anything that runs.
 */
export { MEMBER_ROLES, PERMISSIONS, ROLES } from './permissions.ts';
export type { MemberRole, Permission, Role } from './permissions.ts';
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
export {
  acceptedInvitationSchema,
  acceptInvitationSchema,
  changeMemberSchema,
  createInvitationSchema,
  INVITATION_STATES,
  invitationSchema,
  madeInvitationSchema,
  memberSchema,
  openSupportVisitSchema,
  peopleErrors,
  supportVisitSchema,
  teamInboxSchema,
  teamInputSchema,
  teamSchema,
} from './people.ts';
export type {
  AcceptedInvitation,
  AcceptInvitation,
  ChangeMember,
  CreateInvitation,
  Invitation,
  MadeInvitation,
  Member,
  OpenSupportVisit,
  SupportVisit,
  Team,
  TeamInbox,
} from './people.ts';
export {
  ACTOR_KINDS,
  auditEntrySchema,
  auditErrors,
  auditPageSchema,
  exportAuditSchema,
  listAuditSchema,
  listMemberSignInsSchema,
  memberSignInPageSchema,
  memberSignInSchema,
} from './audit.ts';
export type { AuditEntry, AuditFilters, ListAudit, ListMemberSignIns, MemberSignIn } from './audit.ts';
export {
  accountSettingsSchema,
  addOriginSchema,
  changeFeaturesSchema,
  changeLimitsSchema,
  FEATURE_NAMES,
  featureSchema,
  LIMIT_NAMES,
  limitErrors,
  limitSchema,
  originPageSchema,
  originSchema,
  settingsErrors,
} from './settings.ts';
export type {
  AccountSettings,
  AddOrigin,
  ChangeFeatures,
  ChangeLimits,
  Feature,
  FeatureName,
  Limit,
  LimitName,
  Origin,
} from './settings.ts';
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
export {
  API_KEY_STATES,
  apiKeyPageSchema,
  apiKeySchema,
  createApiKeySchema,
  CREDENTIAL_SCOPES,
  credentialErrors,
  instanceTokenPageSchema,
  issuedInstanceTokenSchema,
  issueInstanceTokenSchema,
  listApiKeysSchema,
  listInstanceTokensSchema,
  madeApiKeySchema,
  rotateApiKeySchema,
  validatedInstanceTokenSchema,
} from './credentials.ts';
export type {
  ApiKey,
  CreateApiKey,
  InstanceTokenView,
  IssuedInstanceToken,
  IssueInstanceToken,
  ListApiKeys,
  ListInstanceTokens,
  MadeApiKey,
  RotateApiKey,
  ValidatedInstanceToken,
} from './credentials.ts';
