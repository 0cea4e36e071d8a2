import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { bundleTypeScript } from './bundle-typescript.mjs';
import { nodeFlags } from './node-flags.mjs';
import { projectRoot } from './project-root.mjs';

/** `npm run bench` measures the road; `npm run bench -- access` the cost of a call: credential, permission, row level security. */
bootstrap();
await build();
const [first, ...rest] = process.argv.slice(2);
const access = first === 'access';
const bundle = (name) => bundleTypeScript(join(projectRoot, 'tests', 'bench', `${name}.ts`));
const program = await bundle(access ? 'access-bench' : 'bench');
const bare = access ? [`--bare=${await bundle('bare-server')}`] : [];
const given = access ? rest : process.argv.slice(2);
const child = spawn(process.execPath, [program, '--root', projectRoot, `--node-flags=${nodeFlags.join(' ')}`, ...bare, ...given], {
  cwd: projectRoot,
  stdio: 'inherit',
});
child.once('exit', (code) => process.exit(code ?? 1));
