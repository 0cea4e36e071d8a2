import { Check, CheckCheck, CircleAlert, Clock3 } from 'lucide-react';
import { useLanguage } from '../../language/language.tsx';
import { classes } from '../../ui/classes.ts';

const ICONS = { waiting: Clock3, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: CircleAlert } as const;

export type TickState = keyof typeof ICONS;

/** How far a message got, as in Chatwoot: one tick, two, two in blue. */
export function Tick({ state, className }: { readonly state: TickState; readonly className?: string }) {
  const { t } = useLanguage();
  const Icon = ICONS[state];
  return (
    <span
      className={classes(
        'inline-flex',
        state === 'read' ? 'text-n-blue-9 dark:text-n-blue-11' : state === 'failed' ? 'text-n-ruby-11' : 'text-n-slate-11',
        className,
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      <span className="sr-only">{t(`tick.${state}`)}</span>
    </span>
  );
}
