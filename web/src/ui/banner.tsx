import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

const TONES = {
  blue: { look: 'bg-n-blue-3 border-n-blue-9/30 text-n-blue-11', Icon: Info },
  amber: { look: 'bg-n-amber-3 border-n-amber-4 text-n-amber-12', Icon: TriangleAlert },
  ruby: { look: 'bg-n-ruby-3 border-n-ruby-4 text-n-ruby-11', Icon: CircleAlert },
} as const;

interface BannerProps {
  readonly tone: keyof typeof TONES;
  readonly children: ReactNode;
  /** Buttons at the end. */
  readonly actions?: ReactNode;
  readonly dismiss?: { readonly label: string; readonly onDismiss: () => void };
  /** Read out at once when it appears. */
  readonly urgent?: boolean;
  readonly className?: string;
}

export function Banner({ tone, children, actions, dismiss, urgent = false, className }: BannerProps) {
  const { look, Icon } = TONES[tone];
  return (
    <div
      role={urgent ? 'alert' : 'status'}
      className={classes('flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border px-3 py-2', look, className)}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <div className="min-w-40 flex-1 text-[13px] leading-5">{children}</div>
      {actions}
      {dismiss !== undefined && (
        <button
          type="button"
          aria-label={dismiss.label}
          onClick={dismiss.onDismiss}
          className="inline-flex size-7 items-center justify-center rounded-md hover:bg-n-alpha-2"
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </div>
  );
}
