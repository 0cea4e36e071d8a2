import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from './project-root.mjs';

const ROOMS = ['server/src/providers', 'server/src/chatwoot', 'server/src/bridge', 'server/src/modules/access'];

/** Line coverage of the rooms that have a threshold, from the summary of the last run. */
export function coverageTable(summaryFile = join(projectRoot, 'coverage', 'coverage-summary.json')) {
  const files = Object.entries(JSON.parse(readFileSync(summaryFile, 'utf8'))).filter(([path]) => path !== 'total');
  const rows = ROOMS.map((room) => {
    const lines = files
      .filter(([path]) => relative(projectRoot, path).replaceAll('\\', '/').startsWith(`${room}/`))
      .map(([, measures]) => measures.lines);
    const total = lines.reduce((sum, { total }) => sum + total, 0);
    const covered = lines.reduce((sum, { covered }) => sum + covered, 0);
    const share = total === 0 ? '–' : `${((100 * covered) / total).toFixed(1)} %`;
    return `${room.padEnd(28)} ${share.padStart(8)}   ${covered}/${total}`;
  });
  return ['Line coverage', ...rows].join('\n');
}
