import { isDashboardPage } from './dashboard-page.ts';

/** What enrolment needs of a page; the real one is `window`. */
export interface Page {
  readonly location: { readonly pathname: string };
}

const mark = 'whatproHub';

/** Marks a dashboard page as ours, once, though Chatwoot may run the script again. True when this call did it. No network. */
export function enrol(page: Page): boolean {
  if (!isDashboardPage(page.location.pathname) || mark in page) return false;
  Object.defineProperty(page, mark, { value: true });
  return true;
}
