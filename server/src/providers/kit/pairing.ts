/** What a screen shows next while a number is being connected. Screens render steps and never know a provider's name. */
export type PairingStep =
  | { readonly step: 'show-qr'; readonly qr: string; readonly expiresInSeconds: number }
  | { readonly step: 'show-code'; readonly code: string; readonly expiresInSeconds: number }
  /** The gateway is starting; ask again after this time. */
  | { readonly step: 'wait'; readonly pollInSeconds: number }
  | { readonly step: 'done'; readonly phone?: string };

export interface PairingInput {
  /** Digits with country code: asks for a pair code. Absent: asks for a QR. */
  readonly phone?: string;
}
