import { useQuery } from '@tanstack/react-query';
import { Inbox, Unplug } from 'lucide-react';
import { useState } from 'react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { askConversations } from '../peers/agent.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { ConversationList } from './conversation-list.tsx';
import { ConversationPane } from './conversation-pane.tsx';

/**
 * The agent's side. The list and the conversation stand side by side where there is room; otherwise one of them shows.
 * At first the newest conversation is open.
 */
export function AgentInbox() {
  const { t, tell } = useLanguage();
  const { agent } = useSandbox();
  const conversations = useQuery(askConversations(agent));
  const [chosen, setChosen] = useState<number | 'list' | null>(null);
  const rows = conversations.data ?? [];
  const first = rows[0]?.id;
  // A newer conversation must not take the place of the one that is being answered.
  if (chosen === null && first !== undefined) setChosen(first);
  const shown = rows.find(({ id }) => id === chosen);
  return (
    <section
      aria-labelledby="inbox-title"
      className="@container flex min-h-0 min-w-0 flex-col overflow-hidden rounded-xl bg-n-surface-1 outline-1 outline-n-container"
    >
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-n-weak px-4">
        <Inbox aria-hidden className="size-4 text-n-slate-11" />
        <h2 id="inbox-title" className="heading-2">
          {t('inbox.title')}
        </h2>
      </header>
      {conversations.isError && conversations.data === undefined ? (
        <EmptyState
          icon={<Unplug className="size-6" />}
          title={tell(hubErrorOf(conversations.error))}
          action={<Button onClick={() => void conversations.refetch()}>{t('app.try-again')}</Button>}
        />
      ) : conversations.isPending ? (
        <div className="flex flex-col gap-2 p-3">
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </div>
      ) : rows.length === 0 ? (
        <div className="grid flex-1 place-items-center">
          <EmptyState icon={<Inbox className="size-6" />} title={t('inbox.empty')} />
        </div>
      ) : (
        <div className="flex min-h-0 flex-1">
          <div
            className={classes(
              'min-h-0 w-full shrink-0 border-e border-n-weak @xl:block @xl:w-52 @2xl:w-60',
              shown !== undefined && 'hidden',
            )}
          >
            <ConversationList conversations={rows} shownId={shown?.id} onChoose={setChosen} />
          </div>
          {shown === undefined ? (
            <p className="m-auto hidden text-n-slate-11 @xl:block">{t('inbox.pick')}</p>
          ) : (
            <ConversationPane key={shown.id} conversation={shown} onBack={() => setChosen('list')} />
          )}
        </div>
      )}
    </section>
  );
}
