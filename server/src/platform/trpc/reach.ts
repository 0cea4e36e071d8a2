import { accessErrors } from '@whatpro/sdk/contract';
import { AppError } from './app-error.ts';
import type { Reach } from './context.ts';

type Reached = Reach[keyof Reach];

export const reaches = (reached: Reached, id: string): boolean => reached === 'all' || reached.has(id);

/** As a condition on a column of ids. `{}` when everything is reached. */
export const onlyReached = (reached: Reached): { in?: string[] } => (reached === 'all' ? {} : { in: [...reached] });

/** For verbs that make or change what belongs to no single inbox or instance. */
export function requireWholeAccount({ inboxes, instances }: Reach): void {
  if (inboxes !== 'all' || instances !== 'all') throw new AppError(accessErrors.forbidden);
}
