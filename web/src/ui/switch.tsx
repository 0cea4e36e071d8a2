import { useId } from 'react';
import { classes } from './classes.ts';

interface SwitchProps {
  readonly label: string;
  readonly help?: string;
  readonly on: boolean;
  readonly tone?: 'blue' | 'ruby';
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
  readonly className?: string;
}

export function Switch({ label, help, on, tone = 'blue', disabled = false, onChange, className }: SwitchProps) {
  const id = useId();
  const lit = tone === 'ruby' ? 'bg-n-ruby-9' : 'bg-n-brand';
  return (
    <div className={classes('flex items-center gap-2.5', className)}>
      <button
        id={id}
        type="button"
        role="switch"
        aria-checked={on}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        disabled={disabled}
        onClick={() => onChange(!on)}
        className={classes(
          'relative h-4 w-7 shrink-0 rounded-full transition-colors disabled:opacity-50',
          on ? lit : 'bg-n-slate-7 dark:bg-n-slate-6',
        )}
      >
        <span className="sr-only">{label}</span>
        <span
          aria-hidden
          className={classes('absolute top-0.5 left-0.5 size-3 rounded-full bg-white shadow transition-transform', on && 'translate-x-3')}
        />
      </button>
      <label htmlFor={id} className="min-w-0 cursor-pointer">
        <span className="block text-[13px] leading-4 font-[460]">{label}</span>
        {help !== undefined && (
          <span id={`${id}-help`} className="label-small mt-0.5 block text-n-slate-11">
            {help}
          </span>
        )}
      </label>
    </div>
  );
}
