import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export const EmptyState = ({ icon, title, children, action }: EmptyStateProps) => (
  <div className="flex flex-col items-center justify-center gap-3 px-6 py-10 text-center">
    <span aria-hidden className="inline-flex size-12 items-center justify-center rounded-2xl bg-n-alpha-1 text-n-slate-11">
      {icon}
    </span>
    <p className="heading-2 max-w-sm text-balance">{title}</p>
    {children !== undefined && <div className="max-w-sm text-pretty text-n-slate-11">{children}</div>}
    {action}
  </div>
);
