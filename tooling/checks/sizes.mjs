import { isCode, isTest, linesOf } from './project-tree.mjs';

/** Migrations are written once and never edited; recorded and generated files are not read top to bottom. */
const notMeasured =
  /^(pnpm-lock\.yaml|prisma\/migrations\/|docs\/(reference|errors)\/|tests\/captures\/)|\/(fixtures|captures)\/|\.(json|svg|png|woff2?)$/;

const limits = [
  { applies: (file) => /^server\/src\/.*\/index\.ts$/.test(file), lines: 80, why: 'a door is a list of names' },
  { applies: (file) => file.endsWith('.router.ts'), lines: 200, why: 'a router reads like a table' },
  { applies: (file) => file === 'ARCHITECTURE.md', lines: 250, why: 'the present fits in one reading' },
  { applies: (file) => file.startsWith('docs/decisions/'), lines: 80, why: 'a decision is one page' },
  { applies: (file) => isTest(file), lines: 600, why: 'split by what is guaranteed' },
  { applies: () => true, lines: 400, why: 'split by what changes together' },
];

const measure = (tree) => tree.files.filter((file) => !notMeasured.test(file)).map((file) => ({ file, lines: linesOf(tree.text(file)) }));

export const sizes = {
  name: 'sizes',
  find(tree) {
    return measure(tree).flatMap(({ file, lines }) => {
      const limit = limits.find((candidate) => candidate.applies(file));
      return limit !== undefined && lines > limit.lines
        ? [{ file, problem: `${lines} lines, the limit is ${limit.lines}: ${limit.why}` }]
        : [];
    });
  },
};

/** The table that `npm run check` prints: how large our code is, and where it grows. */
export function largestFiles(tree, count = 10) {
  const code = measure(tree).filter(({ file }) => isCode(file));
  const sorted = code.toSorted((one, other) => other.lines - one.lines);
  const at = (share) => sorted[Math.floor((1 - share) * (sorted.length - 1))]?.lines ?? 0;
  const total = code.reduce((sum, { lines }) => sum + lines, 0);
  return [
    `${code.length} code files, ${total} lines; half have at most ${at(0.5)}, nine in ten at most ${at(0.9)}. The largest:`,
    ...sorted.slice(0, count).map(({ file, lines }) => `${String(lines).padStart(5)}  ${file}`),
  ].join('\n');
}
