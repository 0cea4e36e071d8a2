import { randomInt } from 'node:crypto';
import type { Context } from './context.ts';
import { qrPicture } from './qr-picture.ts';
import type { InstanceRow, InstanceState } from './rows.ts';

const CODE_SIGNS = 'ABCDEFGHJKLMNPQRSTVWXYZ123456789';
const RESTART_MS = 30;

function change(
  context: Context,
  instance: InstanceRow,
  state: InstanceState,
  shown: { readonly qr?: string; readonly code?: string } = {},
): void {
  instance.state = state;
  instance.qr = shown.qr ?? null;
  instance.code = shown.code ?? null;
  context.world.instances.put(instance.id, instance);
  context.notify.connection(instance);
}

/** With a phone: a code to type. Without: a QR to scan. Connected already: nothing changes. */
export function startPairing(context: Context, instance: InstanceRow, phone: string | null): void {
  if (instance.state === 'connected') return;
  if (phone === null) {
    change(context, instance, 'pairing', { qr: qrPicture(`${instance.id}${randomInt(2 ** 32)}`) });
    return;
  }
  const sign = (): string => CODE_SIGNS.charAt(randomInt(CODE_SIGNS.length));
  change(context, instance, 'pairing', { code: `${Array.from({ length: 4 }, sign).join('')}-${Array.from({ length: 4 }, sign).join('')}` });
}

/** The phone scanned the QR or typed the code. */
export function completePairing(context: Context, instance: InstanceRow, phone: string | null): void {
  instance.phone = phone ?? instance.phone ?? `5511900${String(context.world.instances.rows.size).padStart(6, '0')}`;
  change(context, instance, 'connected');
}

export function restart(context: Context, instance: InstanceRow): void {
  if (instance.state !== 'connected') return;
  change(context, instance, 'disconnected');
  context.later(RESTART_MS, () => {
    if (instance.state === 'disconnected' && context.world.instances.get(instance.id) === instance) change(context, instance, 'connected');
  });
}

export function logOut(context: Context, instance: InstanceRow): void {
  change(context, instance, 'logged-out');
}
