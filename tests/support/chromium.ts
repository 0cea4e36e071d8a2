import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

/** The browser of this machine, or null. `CHROMIUM` names another; `HUB_BROWSER=required` makes its absence a failure. */
export function findChromium(): string | null {
  const found = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path)) ?? null;
  if (found === null && process.env.HUB_BROWSER === 'required') throw new Error('HUB_BROWSER=required, and no Chromium was found.');
  if (found === null) process.stderr.write('Browser tests are left out: no Chromium on this machine (set CHROMIUM to its path).\n');
  return found;
}

export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
