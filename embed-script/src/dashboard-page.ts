/**
 * Chatwoot puts the script on every page it serves, sign-in pages included; all the signed-in ones live under an account.
 * True on those alone, so that the script never runs where a password is typed.
 */
export function isDashboardPage(pathname: string): boolean {
  return /^\/app\/accounts\/\d+(\/|$)/.test(pathname);
}
