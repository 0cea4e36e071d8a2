import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Spinner } from './spinner.tsx';

const LOOKS = {
  solid: 'bg-n-blue-solid text-white outline-transparent hover:brightness-110',
  faded: 'bg-n-slate-9/10 text-n-slate-12 outline-transparent hover:bg-n-slate-9/20',
  outline: 'bg-n-solid-1 text-n-slate-12 outline-n-container hover:bg-n-alpha-2',
  ruby: 'bg-n-ruby-9/10 text-n-ruby-11 outline-transparent hover:bg-n-ruby-9/20',
  ghost: 'text-n-slate-12 outline-transparent hover:bg-n-alpha-2',
} as const;

const SIZES = { sm: 'h-8 px-3 text-[13px]', md: 'h-10 px-4' } as const;

export interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof LOOKS;
  readonly size?: keyof typeof SIZES;
  readonly icon?: ReactNode;
  /** Shows a spinner and refuses further presses; keeps its width. */
  readonly busy?: boolean;
}

export function Button({
  look = 'faded',
  size = 'md',
  icon,
  busy = false,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={classes(
        'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-[460] outline-1 transition-all duration-100 active:scale-[0.98] disabled:pointer-events-none disabled:opacity-50',
        'focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-n-brand',
        LOOKS[look],
        SIZES[size],
        className,
      )}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}
