import { createServer } from 'node:net';
import { readSettings, SettingsProblem } from '#platform/config';
import type { Settings } from '#platform/config';
import { StartProblem } from '#platform/database';
import { runHub } from './run-hub.ts';

/** Port 0 means any: it is chosen before anything is opened, because addresses are made from it. */
async function withPort(settings: Settings): Promise<Settings> {
  if (settings.port !== 0) return settings;
  const port = await new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
  const publicUrl = settings.publicUrl.replace(/:0$/, `:${port}`);
  return Object.freeze({ ...settings, port, publicUrl });
}

try {
  await runHub(await withPort(readSettings()));
} catch (error) {
  const words =
    error instanceof StartProblem ? `${error.sentence}\n${error.whatToDo}` : error instanceof SettingsProblem ? error.message : null;
  process.stderr.write(
    words === null
      ? `The Hub could not start.\n${error instanceof Error ? error.stack : String(error)}\n`
      : `The Hub could not start. ${words}\n`,
  );
  process.exit(1);
}
