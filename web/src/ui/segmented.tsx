import { useId } from 'react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface Choice<Value extends string> {
  readonly value: Value;
  /** Read out; shown when there is no icon. */
  readonly label: string;
  readonly icon?: ReactNode;
}

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChoose: (value: Value) => void;
  readonly className?: string;
}

/** One of a few, as a pill. Real radio buttons: arrows move, screen readers count. */
export function Segmented<Value extends string>({ label, value, choices, onChoose, className }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className={classes('inline-flex h-8 shrink-0 items-center rounded-lg bg-n-alpha-1 p-0.5', className)}>
      <legend className="sr-only">{label}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          title={choice.icon === undefined ? undefined : choice.label}
          className="inline-flex h-7 min-w-8 cursor-pointer items-center justify-center rounded-md px-2 text-xs font-[460] text-n-slate-11 transition-colors has-checked:bg-n-solid-active has-checked:text-n-blue-11 has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-n-brand"
        >
          <input type="radio" name={name} className="sr-only" checked={choice.value === value} onChange={() => onChoose(choice.value)} />
          {choice.icon === undefined ? (
            choice.label
          ) : (
            <>
              {choice.icon}
              <span className="sr-only">{choice.label}</span>
            </>
          )}
        </label>
      ))}
    </fieldset>
  );
}
