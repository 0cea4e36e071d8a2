import { z } from 'zod';
import { cidrList, emailAddress, hostList, oneOf, proxyTrust, serviceAddress, webAddress, wholeNumber } from './value-formats.ts';

export interface SettingDefinition {
  /** The environment variable. */
  readonly name: string;
  readonly format: z.ZodType<unknown, string>;
  /** As it would be written in the environment; absent means: not set. */
  readonly byDefault?: string;
  /** Shown in the pages in place of a default that is worked out. */
  readonly defaultInWords?: string;
  readonly description: string;
  readonly secret?: boolean;
}

/** The order is the order of the generated pages. */
export const settingList = {
  host: {
    name: 'HUB_HOST',
    format: z.string().regex(/^\S+$/, 'must be an address without spaces'),
    byDefault: '127.0.0.1',
    description: 'The address the Hub listens on. Use 0.0.0.0 in a container.',
  },
  port: {
    name: 'HUB_PORT',
    format: wholeNumber(0, 65_535),
    byDefault: '4750',
    description: 'The port the Hub listens on. 0 takes any free port.',
  },
  publicUrl: {
    name: 'HUB_PUBLIC_URL',
    format: webAddress,
    defaultInWords: 'the address it listens on',
    description: 'The address people, gateways and Chatwoot reach the Hub by. Webhook addresses and the dashboard script are made from it.',
  },
  dataDir: {
    name: 'HUB_DATA_DIR',
    format: z.string(),
    byDefault: './.hub',
    description:
      'The folder of the embedded database, its password and the key file. One machine only: several processes on it may share the folder.',
  },
  operatorEmail: {
    name: 'HUB_OPERATOR_EMAIL',
    format: emailAddress,
    description: 'The e-mail of the first operator, made at the first start.',
  },
  operatorPassword: {
    name: 'HUB_OPERATOR_PASSWORD',
    format: z.string().min(8, 'must have at least 8 characters').max(256, 'must have at most 256 characters'),
    secret: true,
    description: 'The password of the first operator. Read only when that operator is made.',
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    format: serviceAddress(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/hub'),
    secret: true,
    defaultInWords: 'the embedded PostgreSQL 18',
    description:
      'A PostgreSQL 15 or newer of your own. Its user makes the roles and runs the migrations, so it must be a superuser or have CREATEROLE and own the database. The Hub itself works as the role hub_app.',
  },
  redisUrl: {
    name: 'REDIS_URL',
    format: serviceAddress(['redis:', 'rediss:'], 'redis://host:6379'),
    secret: true,
    defaultInWords: 'the queue lives in PostgreSQL',
    description: 'A Redis 7 with append-only persistence for the queue. Wanted for many machines.',
  },
  role: {
    name: 'HUB_ROLE',
    format: oneOf(['all', 'api', 'worker']),
    byDefault: 'all',
    description: 'What this process does: answer requests (api), carry messages (worker), or both (all).',
  },
  sandbox: {
    name: 'HUB_SANDBOX',
    format: oneOf(['on', 'off']).transform((value) => value === 'on'),
    defaultInWords: 'on, unless NODE_ENV is production',
    description: 'The sandbox: a pretend gateway and a pretend Chatwoot inside the Hub, to try it with.',
  },
  logLevel: {
    name: 'HUB_LOG_LEVEL',
    format: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    byDefault: 'info',
    description: 'The least serious kind of log line that is written.',
  },
  egressAllowHosts: {
    name: 'HUB_EGRESS_ALLOW_HOSTS',
    format: hostList,
    byDefault: '',
    description:
      'Hosts (name or name:port, separated by commas) the Hub may call although they are on a private network, such as your own gateway.',
  },
  egressAllowCidrs: {
    name: 'HUB_EGRESS_ALLOW_CIDRS',
    format: cidrList,
    byDefault: '',
    description: 'Private address ranges the Hub may call, such as 10.20.0.0/16, separated by commas.',
  },
  trustProxy: {
    name: 'HUB_TRUST_PROXY',
    format: proxyTrust,
    byDefault: '0',
    description: 'How many proxies stand in front of the Hub, or their address ranges. Decides whose X-Forwarded-For is believed.',
  },
  laneConcurrency: {
    name: 'HUB_LANE_CONCURRENCY',
    format: wholeNumber(1, 1_000),
    byDefault: '64',
    description: 'How many threads one worker process carries at the same time.',
  },
  leaseSeconds: {
    name: 'HUB_LEASE_SECONDS',
    format: wholeNumber(2, 600),
    byDefault: '30',
    description: 'After how many seconds without a sign of life another worker takes a thread over.',
  },
  rateAddress: {
    name: 'HUB_RATE_ADDRESS',
    format: wholeNumber(0, 100_000_000),
    byDefault: '1200',
    description:
      'How many requests a minute one network address may send without a credential, and as many again with a credential that is not good. 0: no limit.',
  },
  ratePrincipal: {
    name: 'HUB_RATE_PRINCIPAL',
    format: wholeNumber(0, 100_000_000),
    byDefault: '6000',
    description: 'How many operations a minute one person or one instance token may ask for. An API key has its own limit. 0: no limit.',
  },
  rateAccount: {
    name: 'HUB_RATE_ACCOUNT',
    format: wholeNumber(0, 100_000_000),
    byDefault: '30000',
    description: 'How many operations a minute may be asked for in one account, by everyone together. 0: no limit.',
  },
  rateHooks: {
    name: 'HUB_RATE_HOOKS',
    format: wholeNumber(2_000, 100_000_000),
    byDefault: '5000',
    description:
      'How many deliveries a second one gateway may send to one of its addresses before it is asked to come back. Chatwoot is never held back.',
  },
  metricsPort: {
    name: 'HUB_METRICS_PORT',
    format: wholeNumber(0, 65_535),
    defaultInWords: 'none: no second listener',
    description: 'A second port for /metrics and /health/deep, apart from the public one, where they are not served in production.',
  },
  metricsHost: {
    name: 'HUB_METRICS_HOST',
    format: z.string().regex(/^\S+$/, 'must be an address without spaces'),
    byDefault: '127.0.0.1',
    description: 'The address the second port listens on. Any but 127.0.0.1 and ::1 needs HUB_METRICS_TOKEN.',
  },
  metricsToken: {
    name: 'HUB_METRICS_TOKEN',
    format: z.string().min(16, 'must have at least 16 characters').max(256, 'must have at most 256 characters'),
    secret: true,
    description: 'What whoever reads the second port sends as a bearer token.',
  },
  keyFile: {
    name: 'HUB_KEY_FILE',
    format: z.string(),
    defaultInWords: 'keys.json in HUB_DATA_DIR, made at the first start',
    description:
      'The key ring that seals secrets at rest. The same file must be given to every machine; keep a copy apart from the database backups.',
  },
} as const satisfies Record<string, SettingDefinition>;
