import type { ReactNode } from 'react';
import { classes } from './classes.ts';

const TONES = {
  slate: 'bg-n-alpha-1 text-n-slate-11',
  blue: 'bg-n-blue-3 text-n-blue-11',
  teal: 'bg-n-teal-3 text-n-teal-12',
  amber: 'bg-n-amber-3 text-n-amber-12',
  ruby: 'bg-n-ruby-3 text-n-ruby-11',
} as const;

export type BadgeTone = keyof typeof TONES;

export const Badge = ({
  tone = 'slate',
  children,
  className,
}: {
  readonly tone?: BadgeTone;
  readonly children: ReactNode;
  readonly className?: string;
}) => (
  <span
    className={classes(
      'inline-flex h-6 shrink-0 items-center gap-1.5 rounded-md px-1.5 text-xs font-[460] whitespace-nowrap',
      TONES[tone],
      className,
    )}
  >
    {children}
  </span>
);
