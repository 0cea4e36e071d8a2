// node tooling/migrate-check.mjs: fails when the migrations make something else than prisma/schema says.
import { withScratchDatabase } from './with-scratch-database.mjs';

const drift = await withScratchDatabase((tools, options) => tools.findDrift(options));
if (drift === null) {
  console.log('The migrations make what prisma/schema says.');
} else {
  console.error(`The migrations differ from prisma/schema. Still to do:\n\n${drift}`);
  process.exitCode = 1;
}
