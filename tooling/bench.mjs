import { spawn } from 'node:child_process';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { bundleTypeScript } from './bundle-typescript.mjs';
import { projectRoot } from './project-root.mjs';
import { join } from 'node:path';

bootstrap();
await build();
const program = await bundleTypeScript(join(projectRoot, 'tests', 'bench', 'bench.ts'));
const child = spawn(process.execPath, ['--enable-source-maps', program, '--root', projectRoot, ...process.argv.slice(2)], {
  cwd: projectRoot,
  stdio: 'inherit',
});
child.once('exit', (code) => process.exit(code ?? 1));
