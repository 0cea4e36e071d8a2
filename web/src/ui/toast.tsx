import { createContext, use, useCallback, useRef, useState } from 'react';
import type { ReactNode } from 'react';

const SHOWN_MS = 5_000;

const ToastContext = createContext<((text: string) => void) | null>(null);

/** Short notices at the top, read out politely. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly { readonly id: number; readonly text: string }[]>([]);
  const next = useRef(0);
  const show = useCallback((text: string) => {
    const id = (next.current += 1);
    setToasts((shown) => [...shown.filter((toast) => toast.text !== text).slice(-2), { id, text }]);
    setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), SHOWN_MS);
  }, []);
  return (
    <ToastContext value={show}>
      {children}
      <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-4 top-4 z-50 flex flex-col items-center gap-2">
        {toasts.map((toast) => (
          <p
            key={toast.id}
            className="max-w-md animate-arrive rounded-lg bg-n-slate-12 px-6 py-3 text-n-slate-3 shadow-xl dark:bg-n-slate-7 dark:text-white"
          >
            {toast.text}
          </p>
        ))}
      </div>
    </ToastContext>
  );
}

export function useToast(): (text: string) => void {
  const show = use(ToastContext);
  if (show === null) throw new Error('No toasts above this component.');
  return show;
}
