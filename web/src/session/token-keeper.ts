import type { SignedIn } from '@whatpro/sdk/contract';

export interface TokenKeeper {
  /** The header that carries the access token; empty without one. */
  readonly bearer: () => { readonly authorization?: string };
  readonly hold: (signedIn: SignedIn) => void;
  readonly drop: () => void;
  /** Whether the token that `header` carried is still the one in use. */
  readonly isCurrent: (header: string | undefined) => boolean;
  readonly isOld: () => boolean;
  /** A new token, asked for once however many wait for it. */
  readonly renew: () => Promise<void>;
}

/** A token this close to its end is renewed before it is used. */
const RENEW_BEFORE_MS = 20_000;

/** Keeps the access token: in memory and nowhere else. `ask` gets a new one, or ends the session. */
export function createTokenKeeper(now: () => number, ask: () => Promise<void>): TokenKeeper {
  let header: string | undefined;
  let expiresAtMs = 0;
  let renewing: Promise<void> | null = null;
  const drop = (): void => {
    header = undefined;
  };
  return {
    bearer: () => (header === undefined ? {} : { authorization: header }),
    hold({ accessToken, expiresAt }) {
      header = `Bearer ${accessToken}`;
      expiresAtMs = Date.parse(expiresAt);
    },
    drop,
    isCurrent: (sent) => renewing !== null || sent === header,
    isOld: () => header === undefined || expiresAtMs - now() < RENEW_BEFORE_MS,
    renew() {
      renewing ??= ask().finally(() => {
        renewing = null;
      });
      return renewing;
    },
  };
}
