import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

/** Runs a program from the root with our terminal; ends this process with its exit code when it fails. */
export function runProgram(program, args, { environment = {}, cwd = projectRoot } = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, ...homeForCaches(), ...environment },
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  const reason = error?.message ?? (signal === null ? `exit code ${status}` : `signal ${signal}`);
  console.error(`\n${program} ${args.slice(0, 4).join(' ')} failed: ${reason}.`);
  process.exit(status ?? 1);
}

/** npm and pnpm keep their caches in the home folder; without a usable one they get a place in the project. */
function homeForCaches() {
  try {
    const home = homedir();
    if (home !== '' && existsSync(home)) {
      accessSync(home, constants.W_OK);
      return process.env.HOME ? {} : { HOME: home };
    }
  } catch {
    // Falls through to a home of our own.
  }
  const own = join(projectRoot, 'node_modules', '.hub', 'home');
  mkdirSync(own, { recursive: true });
  return { HOME: own };
}
