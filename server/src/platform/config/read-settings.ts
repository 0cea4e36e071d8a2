import { resolve } from 'node:path';
import type { z } from 'zod';
import { Secret } from '#platform/crypto';
import { settingList, type SettingDefinition } from './setting-list.ts';

type SettingKey = keyof typeof settingList;
type Value<K extends SettingKey> = (typeof settingList)[K] extends { readonly secret: true }
  ? Secret
  : z.output<(typeof settingList)[K]['format']>;
type Given = {
  readonly [K in SettingKey]: (typeof settingList)[K] extends { readonly byDefault: string } ? Value<K> : Value<K> | undefined;
};

/** Frozen. `dataDir` and `keyFile` are absolute; `publicUrl` has no slash at its end. */
export interface Settings extends Omit<Given, 'sandbox' | 'publicUrl'> {
  readonly sandbox: boolean;
  readonly publicUrl: string;
  /** NODE_ENV is `production`. */
  readonly production: boolean;
}
export type Role = Settings['role'];
export type LogLevel = Settings['logLevel'];

/** One sentence per bad setting. Never contains the value of a secret. */
export class SettingsProblem extends Error {
  override readonly name = 'SettingsProblem';

  constructor(readonly problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** Reads and checks all settings at once; throws `SettingsProblem` naming every bad one. An empty value counts as not set. */
export function readSettings(environment: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const problems: string[] = [];
  const read = <K extends SettingKey>(key: K): Given[K] => readOne(settingList[key], environment, problems) as Given[K];
  const production = environment['NODE_ENV'] === 'production';
  const host = read('host');
  const port = read('port');
  const keyFile = read('keyFile');
  const settings: Settings = {
    production,
    host,
    port,
    publicUrl: read('publicUrl') ?? `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    dataDir: resolve(read('dataDir') ?? ''),
    operatorEmail: read('operatorEmail'),
    operatorPassword: read('operatorPassword'),
    databaseUrl: read('databaseUrl'),
    redisUrl: read('redisUrl'),
    role: read('role'),
    sandbox: read('sandbox') ?? !production,
    logLevel: read('logLevel'),
    egressAllowHosts: read('egressAllowHosts'),
    egressAllowCidrs: read('egressAllowCidrs'),
    trustProxy: read('trustProxy'),
    laneConcurrency: read('laneConcurrency'),
    leaseSeconds: read('leaseSeconds'),
    rateAddress: read('rateAddress'),
    ratePrincipal: read('ratePrincipal'),
    rateAccount: read('rateAccount'),
    rateHooks: read('rateHooks'),
    metricsPort: read('metricsPort'),
    metricsHost: read('metricsHost'),
    metricsToken: read('metricsToken'),
    keyFile: keyFile === undefined ? undefined : resolve(keyFile),
  };
  if (settings.metricsPort !== undefined && !LOOPBACK.has(settings.metricsHost) && settings.metricsToken === undefined)
    problems.push('HUB_METRICS_TOKEN must be set when HUB_METRICS_HOST is not 127.0.0.1 or ::1');
  if (problems.length > 0) throw new SettingsProblem(problems);
  return Object.freeze(settings);
}

function readOne(setting: SettingDefinition, environment: Readonly<Record<string, string | undefined>>, problems: string[]): unknown {
  const given = environment[setting.name]?.trim();
  const written = given === undefined || given === '' ? setting.byDefault : given;
  if (written === undefined) return undefined;
  const parsed = setting.format.safeParse(written);
  if (!parsed.success) {
    const shown = setting.secret === true ? '' : ` (it is "${written.slice(0, 100)}")`;
    problems.push(`${setting.name} ${parsed.error.issues[0]?.message ?? 'is not valid'}${shown}`);
    return undefined;
  }
  return setting.secret === true ? new Secret(String(parsed.data)) : parsed.data;
}
