import type { AccountDatabase } from '#platform/database';
import type { ConnectionReport } from '#provider-kit';

const QR_LIVES_SECONDS = 45;
const CODE_LIVES_SECONDS = 160;

/** Keeps what a gateway reported of an instance's connection. Repeating it changes nothing. */
export async function recordConnection(database: AccountDatabase, instanceId: string, report: ConnectionReport, now: Date): Promise<void> {
  const expiresInSeconds = report.qr ? QR_LIVES_SECONDS : CODE_LIVES_SECONDS;
  const step = report.qr
    ? { step: 'show-qr', qr: report.qr, expiresInSeconds, at: now.toISOString() }
    : report.pairCode
      ? { step: 'show-code', code: report.pairCode, expiresInSeconds, at: now.toISOString() }
      : undefined;
  await database.instance.updateMany({
    where: { id: instanceId },
    data: {
      state: report.state,
      action: report.action,
      reason: report.reason ?? null,
      stateAt: now,
      ...(step ? { pairing: step } : {}),
      ...(report.phone ? { phone: report.phone } : {}),
      ...(report.profileName ? { profileName: report.profileName } : {}),
    },
  });
}
