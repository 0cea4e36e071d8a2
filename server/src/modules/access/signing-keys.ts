import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '#platform/clock';
import type { KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { isRotationDue, type KeyRow, rotateSigningKeys, signingKeyAt } from './rotate-signing-keys.ts';

/** What `/.well-known/jwks.json` says. */
export interface JsonWebKeySet {
  readonly keys: readonly {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519';
    readonly x: string;
    readonly kid: string;
    readonly alg: 'EdDSA';
    readonly use: 'sig';
  }[];
}

export interface SigningKeys {
  current(): Promise<{ readonly id: string; readonly privateKey: KeyObject }>;
  find(id: string): Promise<KeyObject | undefined>;
  published(): Promise<JsonWebKeySet>;
  /** The keys were changed elsewhere. */
  forget(): void;
}

interface LoadedKey {
  readonly id: string;
  readonly state: string;
  readonly x: string;
  readonly publicKey: KeyObject;
  readonly sealed: string;
}

interface Dependencies {
  readonly database: Pick<Database, 'system'>;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
}

/** A key that was taken away is believed no longer than this. */
const MAX_AGE_MS = 3_000;
/** However many unknown ids are presented, they make the table be read at most this often. */
const UNKNOWN_EVERY_MS = 30_000;

/**
 * The keys of `app.signing_key`: `current` signs, all of them verify. Whatever is due, such as making the first key or the
 * next one, is done when they are read.
 */
export function createSigningKeys({ database, keyRing, clock }: Dependencies): SigningKeys {
  let loaded: { readonly at: number; readonly keys: Promise<readonly LoadedKey[]> } | undefined;
  let signing: { readonly id: string; readonly privateKey: KeyObject } | undefined;
  let unknownAt = Number.NEGATIVE_INFINITY;

  function keys(maxAgeMs: number): Promise<readonly LoadedKey[]> {
    if (loaded !== undefined && clock.monotonicMs() - loaded.at < maxAgeMs) return loaded.keys;
    const loading = { at: clock.monotonicMs(), keys: loadKeys() };
    loaded = loading;
    loading.keys.catch(() => {
      if (loaded === loading) loaded = undefined;
    });
    return loading.keys;
  }

  async function loadKeys(): Promise<readonly LoadedKey[]> {
    const found = await database.system.run((tables) => tables.signingKey.findMany({ orderBy: { id: 'asc' } }));
    const rows = isRotationDue(found, clock.now()) ? await rotateSigningKeys({ database, keyRing, clock }, 'when-due') : found;
    return rows.map(toLoaded);
  }

  const withId = (id: string, among: readonly LoadedKey[]): LoadedKey | undefined => among.find((key) => key.id === id);

  return {
    async current() {
      const key = (await keys(MAX_AGE_MS)).find(({ state }) => state === 'current');
      if (key === undefined) throw new Error('there is no current signing key');
      if (signing?.id !== key.id)
        signing = { id: key.id, privateKey: createPrivateKey(keyRing.open(signingKeyAt(key.id), key.sealed).expose()) };
      return signing;
    },
    async find(id) {
      if (withId(id, await keys(Number.POSITIVE_INFINITY)) !== undefined) return withId(id, await keys(MAX_AGE_MS))?.publicKey;
      if (clock.monotonicMs() - unknownAt < UNKNOWN_EVERY_MS) return undefined;
      unknownAt = clock.monotonicMs();
      return withId(id, await keys(0))?.publicKey;
    },
    async published() {
      return {
        keys: (await keys(MAX_AGE_MS)).map(({ id, x }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid: id, alg: 'EdDSA', use: 'sig' })),
      };
    },
    forget() {
      loaded = undefined;
      unknownAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function toLoaded(row: KeyRow): LoadedKey {
  const { x } = row.publicJwk as { readonly x: string };
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { id: row.id, state: row.state, x, publicKey, sealed: row.privateKey };
}
