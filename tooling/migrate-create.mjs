// node tooling/migrate-create.mjs add_something: writes the next migration from what prisma/schema says and the migrations lack.
import { relative } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { withScratchDatabase } from './with-scratch-database.mjs';

const [name = ''] = process.argv.slice(2);
const file = await withScratchDatabase((tools, options) => tools.createMigration({ ...options, name, now: new Date() }));
if (file === null) {
  console.log('The migrations already make what prisma/schema says; nothing to write.');
} else {
  console.log(`Written: ${relative(projectRoot, file)}`);
  console.log(
    "A new table of accounts also needs CALL app.protect('its_name'); in that file: row level security is not part of the schema.",
  );
}
