export type ConnectionState =
  | 'disconnected'
  | 'connecting'
  | 'pairing' // waits for a person: a QR to scan or a code to type
  | 'connected'
  | 'logged-out' // ended by the phone or by WhatsApp; pairing again is needed
  | 'hibernated'
  | 'removed' // gone at the gateway
  | 'unknown';

export type SuggestedAction = 'none' | 'wait' | 'pair-again' | 'check-credentials' | 'contact-support';

export interface ConnectionReport {
  readonly state: ConnectionState;
  readonly action: SuggestedAction;
  /** The gateway's reason, scrubbed, at most 200 characters. */
  readonly reason?: string;
  /** The company's own number, digits only, once known. */
  readonly phone?: string;
  readonly profileName?: string;
  /** A QR as a `data:image/png;base64,…` URI, when the event carries one. */
  readonly qr?: string;
  readonly pairCode?: string;
}
