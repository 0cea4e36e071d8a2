import { useId } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

interface FieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string;
  readonly help?: string | undefined;
  /** What is wrong, and what to do. */
  readonly problem?: string | undefined;
  /** A control inside the field, at its end. */
  readonly end?: ReactNode;
}

export function Field({ label, help, problem, end, className, ...rest }: FieldProps) {
  const id = useId();
  const note = problem ?? help;
  return (
    <div className={classes('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="heading-3">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          aria-invalid={problem !== undefined || undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
          className={classes(
            'h-10 w-full rounded-lg bg-n-black-2 px-3 outline-1 outline-n-strong transition-colors placeholder:text-n-slate-10 hover:outline-n-slate-6 focus:outline-2 focus:outline-offset-0 focus:outline-n-brand',
            problem !== undefined && 'outline-n-ruby-8',
            end !== undefined && 'pe-11',
          )}
          {...rest}
        />
        {end !== undefined && <div className="absolute inset-y-0 end-1 flex items-center">{end}</div>}
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={classes('label-small', problem === undefined ? 'text-n-slate-11' : 'text-n-ruby-11')}>
          {note}
        </p>
      )}
    </div>
  );
}
