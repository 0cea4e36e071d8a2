import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Clock } from '#platform/clock';
import { type KeyRing, type Place, Secret } from '#platform/crypto';
import type { Database } from '#platform/database';

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
}

interface LoadedKey {
  readonly id: string;
  readonly state: string;
  readonly publicKey: KeyObject;
  readonly sealed: string;
}

interface Dependencies {
  readonly database: Pick<Database, 'system'>;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
}

const FIRST_KEY = 'key-1';
/** However many unknown ids are presented, the table is read at most this often. */
const RELOAD_MS = 30_000;

const placeOf = (id: string): Place => ({ accountId: 'hub', table: 'signing_key', column: 'private_key', rowId: id });

/** The keys of `app.signing_key`: `current` signs, all of them verify. The first one is made when there is none. */
export function createSigningKeys({ database, keyRing, clock }: Dependencies): SigningKeys {
  let loaded: { readonly at: number; readonly keys: Promise<readonly LoadedKey[]> } | undefined;
  let signing: { readonly id: string; readonly privateKey: KeyObject } | undefined;

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
    if (found.some(({ state }) => state === 'current')) return found.map(toLoaded);
    return (await makeFirstKey()).map(toLoaded);
  }

  /** Processes that start together agree on the id, so only one of their keys is stored. */
  function makeFirstKey() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const sealed = keyRing.seal(placeOf(FIRST_KEY), new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
    const { x = '' } = publicKey.export({ format: 'jwk' });
    return database.system.run(async (tables) => {
      await tables.signingKey.createMany({
        data: { id: FIRST_KEY, publicJwk: { kty: 'OKP', crv: 'Ed25519', x }, privateKey: sealed, state: 'current' },
        skipDuplicates: true,
      });
      return tables.signingKey.findMany({ orderBy: { id: 'asc' } });
    });
  }

  return {
    async current() {
      const key = (await keys(RELOAD_MS)).find(({ state }) => state === 'current');
      if (key === undefined) throw new Error('there is no current signing key');
      if (signing?.id !== key.id)
        signing = { id: key.id, privateKey: createPrivateKey(keyRing.open(placeOf(key.id), key.sealed).expose()) };
      return signing;
    },
    async find(id) {
      const known =
        (await keys(Number.POSITIVE_INFINITY)).find((key) => key.id === id) ?? (await keys(RELOAD_MS)).find((key) => key.id === id);
      return known?.publicKey;
    },
    async published() {
      return {
        keys: (await keys(RELOAD_MS)).map(({ id, publicKey }) => {
          const { x = '' } = publicKey.export({ format: 'jwk' });
          return { kty: 'OKP', crv: 'Ed25519', x, kid: id, alg: 'EdDSA', use: 'sig' };
        }),
      };
    },
  };
}

function toLoaded(row: {
  readonly id: string;
  readonly state: string;
  readonly publicJwk: unknown;
  readonly privateKey: string;
}): LoadedKey {
  const { x } = row.publicJwk as { readonly x: string };
  return {
    id: row.id,
    state: row.state,
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    sealed: row.privateKey,
  };
}
