import { projectRoot } from '../project-root.mjs';
import { houseChecks } from './house-checks.mjs';
import { readTree } from './project-tree.mjs';
import { largestFiles } from './sizes.mjs';

const tree = readTree(projectRoot);
let failed = false;
for (const check of houseChecks) {
  for (const { file, problem } of await check.find(tree)) {
    failed = true;
    console.error(`${file}: ${problem} [${check.name}]`);
  }
}
console.log(largestFiles(tree));
process.exitCode = failed ? 1 : 0;
