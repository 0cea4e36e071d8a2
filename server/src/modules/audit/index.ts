/**
 * Who did what in an account, written in the transaction of the change and never altered.
 * Not its job: deciding what is worth recording.
 */
export { auditRouter } from './audit.router.ts';
export { recordAudit, type AuditRecord } from './record-audit.ts';
