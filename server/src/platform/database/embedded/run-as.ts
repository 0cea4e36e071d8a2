import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartProblem } from '../start-problem.ts';

/** PostgreSQL refuses to run as root, so root hands it to another user. */
export interface RunAs {
  /** Undefined: as ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  command(program: string, args: readonly string[]): { program: string; args: string[]; uid?: number; gid?: number };
}

export function decideRunAs(mustReach: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { owner: undefined, command: (program, args) => ({ program, args: [...args] }) };
  const owner = findUser('postgres') ?? createUser() ?? findUser('nobody');
  if (owner === undefined) throw problem('there is no user to run it as');
  const closed = mustReach.find((path) => !canEnter(path, owner));
  if (closed === undefined) return { owner, command: (program, args) => ({ program, args: [...args], ...owner }) };
  const capability = searchCapability();
  if (capability === undefined) throw problem(`${closed} is inside a folder only root may enter`);
  return { owner, command: (program, args) => ({ program: 'setpriv', args: [...keepCapability(owner, capability), program, ...args] }) };
}

/** A folder such as /root or one made by mktemp is closed to others; this one capability lets the server walk through it. */
const keepCapability = (owner: { uid: number; gid: number }, capability: string): string[] => [
  `--reuid=${owner.uid}`,
  `--regid=${owner.gid}`,
  '--clear-groups',
  `--bounding-set=-all,+${capability}`,
  `--inh-caps=-all,+${capability}`,
  `--ambient-caps=-all,+${capability}`,
];

function searchCapability(): string | undefined {
  if (!['/usr/bin/setpriv', '/bin/setpriv'].some((path) => existsSync(path))) return undefined;
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  // Bit numbers of linux/capability.h; containers usually keep only the second.
  if ((effective & (1n << 2n)) !== 0n) return 'dac_read_search';
  return (effective & (1n << 1n)) !== 0n ? 'dac_override' : undefined;
}

function findUser(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function createUser(): { uid: number; gid: number } | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return findUser('postgres');
}

function canEnter(path: string, user: { uid: number; gid: number }): boolean {
  const { mode, uid, gid } = statSync(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  return dirname(path) === path || canEnter(dirname(path), user);
}

const problem = (reason: string): StartProblem =>
  new StartProblem(
    'data-dir',
    `The embedded PostgreSQL cannot run as root, and ${reason}.`,
    'Start the Hub as another user, move it to a folder others may enter, or set DATABASE_URL.',
  );
