/** The closed list of what a refusal can be; the HTTP status follows from it. */
export const ERROR_KINDS = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'limit_reached',
  'precondition',
  'unavailable',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface ErrorEntry {
  readonly kind: ErrorKind;
  /** What happened, what was kept, what to do next. Never an id the caller did not send. */
  readonly message: string;
  /** HTTP status, where it is not the one of the kind. */
  readonly status?: number;
}

type Slug<Key extends string> = Key extends Lowercase<Key> ? Key : `Error names are lower-case-with-dashes, not "${Key}"`;

export type ErrorCatalogue<Room extends string, Entries> = {
  readonly [Key in keyof Entries & string as Slug<Key>]: ErrorEntry & { readonly code: `${Room}/${Key}` };
};

/** One catalogue per room: `defineErrors('instances', { 'not-found': { kind, message } })` gives codes like `instances/not-found`. */
export function defineErrors<const Room extends string, const Entries extends Readonly<Record<string, ErrorEntry>>>(
  room: Room,
  entries: Entries,
): ErrorCatalogue<Room, Entries> {
  const catalogue = Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, { ...entry, code: `${room}/${key}` }]));
  return catalogue as ErrorCatalogue<Room, Entries>;
}
