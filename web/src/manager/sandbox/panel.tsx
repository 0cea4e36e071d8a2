import { useId } from 'react';
import type { ReactNode } from 'react';

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  /** Under the title, fixed. */
  readonly below?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the bench: a title that stays, and what scrolls under it. */
export function Panel({ title, aside, below, children }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex min-h-0 min-w-0 flex-col overflow-hidden rounded-xl bg-n-surface-1 outline-1 outline-n-container"
    >
      <header className="flex shrink-0 flex-col gap-2 border-b border-n-weak px-4 py-3">
        <div className="flex h-6 items-center justify-between gap-3">
          <h2 id={id} className="heading-2">
            {title}
          </h2>
          {aside}
        </div>
        {below}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]">{children}</div>
    </section>
  );
}
