import type { AccountContext, Actor, RequestFacts } from '#platform/trpc';

/** What the wiring gives this room beside the account. */
export interface SettingsTools {
  readonly production: boolean;
  /** What is remembered of known origins is forgotten in this process; elsewhere it ends by its age. */
  readonly originsChanged: () => void;
}

export type SettingsContext = AccountContext & { readonly tools: SettingsTools };

/** An operator, acting on an account from outside it. */
export interface OperatorCaller {
  readonly actor: Actor;
  readonly request: RequestFacts;
}
