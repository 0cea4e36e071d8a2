import { Check, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export interface TimelineStep {
  readonly key: string;
  readonly name: string;
  readonly state: 'done' | 'now' | 'todo' | 'failed';
  /** The state in words, for screen readers. */
  readonly said: string;
  /** Stands on the way from the step before. */
  readonly note?: ReactNode;
}

const DOTS = {
  done: 'bg-n-teal-9 text-white',
  now: 'bg-n-blue-9 text-white',
  todo: 'bg-n-solid-2 outline-2 -outline-offset-2 outline-n-slate-6',
  failed: 'bg-n-ruby-9 text-white',
} as const;

const WAYS = { done: 'bg-n-teal-9', now: 'bg-n-teal-9', todo: 'bg-n-slate-5', failed: 'bg-n-ruby-9' } as const;

interface TimelineProps {
  readonly label: string;
  readonly steps: readonly TimelineStep[];
  /** The current step is held up. */
  readonly held?: boolean;
}

/** Steps from left to right, with what passed between them. */
export const Timeline = ({ label, steps, held = false }: TimelineProps) => (
  <ol aria-label={label} className="isolate grid auto-cols-fr grid-flow-col pt-3.5">
    {steps.map((step, index) => (
      <li key={step.key} className="relative flex flex-col items-center gap-1">
        {index > 0 && (
          <span
            aria-hidden
            className={classes('absolute top-[7px] right-1/2 h-0.5 w-full transition-colors duration-500', WAYS[step.state])}
          />
        )}
        {step.note !== undefined && (
          <span
            className={classes(
              'absolute -top-3.5 right-1/2 w-full text-center text-[11px] leading-4 font-medium tabular-nums',
              step.state === 'done' ? 'text-n-teal-11' : 'text-n-amber-11',
            )}
          >
            {step.note}
          </span>
        )}
        <span
          aria-hidden
          className={classes(
            'relative z-10 inline-flex size-4 items-center justify-center rounded-full transition-colors duration-300',
            step.state === 'now' && held ? 'bg-n-amber-9' : DOTS[step.state],
          )}
        >
          {step.state === 'done' && <Check className="size-2.5" strokeWidth={4} />}
          {step.state === 'failed' && <X className="size-2.5" strokeWidth={4} />}
          {step.state === 'now' && <span className="size-1.5 animate-breathe rounded-full bg-white" />}
        </span>
        <span
          className={classes(
            'text-center text-[11px] leading-3.5',
            step.state === 'todo' ? 'text-n-slate-11' : 'font-[460] text-n-slate-12',
          )}
        >
          {step.name}
          <span className="sr-only">: {step.said}</span>
        </span>
      </li>
    ))}
  </ol>
);
