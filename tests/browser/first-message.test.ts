import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, openBrowser } from '../support/chromium.ts';
import { startHub } from '../support/start-hub.ts';
import type { TestHub } from '../support/start-hub.ts';

const chromium = findChromium();
const OPERATOR = { email: 'first@example.com', password: 'a-quiet-first-password' };

describe.skipIf(chromium === null)('the sandbox page in a real browser', () => {
  let hub: TestHub;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    hub = await startHub({ settings: { HUB_SANDBOX: 'on', HUB_OPERATOR_EMAIL: OPERATOR.email, HUB_OPERATOR_PASSWORD: OPERATOR.password } });
    browser = await openBrowser(chromium ?? '');
    page = await (await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 } })).newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test('a newcomer signs in by keyboard and sees the sandbox', async () => {
    await page.goto(hub.url);
    await page.getByLabel('E-mail').fill(OPERATOR.email);
    await page.getByLabel('Password', { exact: true }).fill(OPERATOR.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The road' }).waitFor();
  });

  test('what the customer types reaches the inbox, and the answer reaches the phone with its ticks', async () => {
    await page.getByRole('textbox', { name: /^Message: Ana/ }).fill('Vocês abrem hoje?');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Conversations' }).getByText('Vocês abrem hoje?').click();
    const reply = page.getByRole('textbox', { name: 'Reply' });
    await reply.fill('Até as 18h!');
    await page.keyboard.press('Enter');
    await page
      .getByRole('log', { name: /^Messages between Ana/ })
      .getByText('Até as 18h!')
      .waitFor();
    const road = page.getByRole('list', { name: 'Messages on the road, newest first' });
    await expect.poll(() => road.getByRole('listitem').filter({ hasText: 'Até as 18h!' }).count(), { timeout: 10_000 }).toBeGreaterThan(0);
  });

  test('the page never wrote an error', () => {
    expect(problems).toEqual([]);
  });
});
