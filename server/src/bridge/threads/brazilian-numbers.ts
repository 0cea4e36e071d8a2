/**
 * Brazilian mobiles exist with and without the ninth digit: `55 DD 9 XXXX-XXXX` is what people dial, while WhatsApp still
 * calls many numbers registered before 2016 by `55 DD XXXX-XXXX`. Landlines (first digit 2–5) never had one.
 */
const WITH_NINTH = /^55([1-9]\d)9([6-9]\d{7})$/;
const WITHOUT_NINTH = /^55([1-9]\d)([6-9]\d{7})$/;

/** The other spelling of the same mobile, or null when there is none. Digits only, both ways. */
export function otherSpelling(digits: string): string | null {
  const long = WITH_NINTH.exec(digits);
  if (long) return `55${long[1]}${long[2]}`;
  const short = WITHOUT_NINTH.exec(digits);
  return short ? `55${short[1]}9${short[2]}` : null;
}

/** The number as it is dialled today: with the ninth digit. Other numbers pass unchanged. */
export function dialled(digits: string): string {
  return WITHOUT_NINTH.test(digits) ? (otherSpelling(digits) ?? digits) : digits;
}

/** WhatsApp gave the short spelling: older programs will have stored the contact under it. */
export const isShortSpelling = (digits: string): boolean => WITHOUT_NINTH.test(digits);
