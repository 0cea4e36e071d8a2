export type StartProblemKind =
  | 'port-taken'
  | 'disk-full'
  | 'data-dir'
  | 'database-too-old'
  | 'database-version'
  | 'database-unreachable'
  | 'database-password'
  | 'database-rights'
  | 'migration-failed'
  | 'catalogue';

/** Why the Hub cannot start, in words for the person who starts it. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';

  constructor(
    readonly kind: StartProblemKind,
    readonly sentence: string,
    readonly whatToDo: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${sentence} ${whatToDo}`, options);
  }
}

/** What went wrong with a file or folder, as a start problem. */
export function fileProblem(path: string, error: unknown): StartProblem {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StartProblem('disk-full', `There is no space left on the disk of ${path}.`, 'Free some space and start again.', {
      cause: error,
    });
  }
  return new StartProblem(
    'data-dir',
    `The folder ${path} cannot be written (${code || 'unknown reason'}).`,
    'Give the user who starts the Hub write access to it, or set HUB_DATA_DIR to another folder.',
    { cause: error },
  );
}
