import { useEffect } from 'react';
import { useVisible } from '../../../ui/use-visible.ts';
import { confirmReading } from '../peers/phone.ts';
import { useSandbox } from '../sandbox-context.tsx';

/** A person needs a moment to read; and two ticks are seen before they turn blue. */
const READING_MS = 900;

/** Confirms reading of the open chat by itself, while it is on screen. */
export function useReading(automatic: boolean, unread: number): void {
  const { phone, customer } = useSandbox();
  const visible = useVisible();
  useEffect(() => {
    if (!automatic || unread === 0 || !visible) return;
    const timer = setTimeout(() => void confirmReading(phone, customer).catch(() => undefined), READING_MS);
    return () => clearTimeout(timer);
  }, [automatic, unread, visible, phone, customer]);
}
