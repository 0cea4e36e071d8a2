import type { ReactNode } from 'react';

export const Card = ({ children }: { readonly children: ReactNode }) => (
  <div className="rounded-xl bg-n-solid-2 px-6 py-5 shadow-sm outline-1 outline-n-container">{children}</div>
);
