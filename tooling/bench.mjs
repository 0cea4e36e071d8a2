import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { bundleTypeScript } from './bundle-typescript.mjs';
import { nodeFlags } from './node-flags.mjs';
import { projectRoot } from './project-root.mjs';

bootstrap();
await build();
const program = await bundleTypeScript(join(projectRoot, 'tests', 'bench', 'bench.ts'));
const child = spawn(
  process.execPath,
  ['--enable-source-maps', program, '--root', projectRoot, `--node-flags=${nodeFlags.join(' ')}`, ...process.argv.slice(2)],
  {
    cwd: projectRoot,
    stdio: 'inherit',
  },
);
child.once('exit', (code) => process.exit(code ?? 1));
