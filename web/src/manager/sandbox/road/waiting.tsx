import { useEffect, useState } from 'react';
import { useLanguage } from '../../../language/language.tsx';

const EVERY_MS = 1_000;

/** How long a message has waited so far, told from its first second on. */
export function Waiting({ since }: { readonly since: Date }) {
  const { format } = useLanguage();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.floor((now - since.getTime()) / EVERY_MS);
  return seconds < 1 ? null : <>{format.duration(seconds * EVERY_MS)}</>;
}
