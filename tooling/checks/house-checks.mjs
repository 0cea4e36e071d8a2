import { docReferences } from './doc-references.mjs';
import { doors } from './doors.mjs';
import { machineWords } from './machine-words.mjs';
import { names } from './names.mjs';
import { scriptSyntax } from './script-syntax.mjs';
import { sizes } from './sizes.mjs';
import { testTitles } from './test-titles.mjs';

/** Every check of this house that no tool ships. Each answers with what it found: `{ file, problem }`. */
export const houseChecks = [names, sizes, doors, machineWords, docReferences, testTitles, scriptSyntax];
