/**
 * Who did what in an account, written in the transaction of the change and never altered.
 * Not its job: deciding what is worth recording.
 */
export { createAuditRouter } from './audit.router.ts';
export { exportAuditRoute } from './export-audit.ts';
export { actorImage, recordAudit, type AuditRecord } from './record-audit.ts';
