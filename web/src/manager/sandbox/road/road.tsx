import { useMutation } from '@tanstack/react-query';
import { MessageSquareDashed, RotateCcw, Unplug } from 'lucide-react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useHub } from '../../../api/hub.tsx';
import { useLanguage } from '../../../language/language.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { Panel } from '../panel.tsx';
import { useSandbox } from '../sandbox-context.tsx';
import { FirstMessage } from './first-message.tsx';
import { MessageCard } from './message-card.tsx';
import { typicalMs } from './road-steps.ts';
import type { RoadState } from './use-road.ts';

/** Each message's way through the Hub, newest on top. */
export function Road({ road, live }: { readonly road: RoadState; readonly live: boolean }) {
  const { t } = useLanguage();
  return (
    <Panel
      title={t('road.title')}
      aside={
        <Badge tone={live ? 'teal' : 'slate'}>
          <span aria-hidden className={live ? 'size-1.5 rounded-full bg-n-teal-9' : 'size-1.5 animate-breathe rounded-full bg-n-slate-9'} />
          {live ? t('sandbox.live') : t('sandbox.connecting')}
        </Badge>
      }
      below={<Figures road={road} />}
    >
      <Cards road={road} />
    </Panel>
  );
}

function Cards({ road }: { readonly road: RoadState }) {
  const { t, tell } = useLanguage();
  const replay = useReplay();
  const { messages } = road;
  if (messages === undefined && road.error !== null) {
    return (
      <EmptyState
        icon={<Unplug className="size-6" />}
        title={tell(hubErrorOf(road.error))}
        action={<Button onClick={road.reload}>{t('app.try-again')}</Button>}
      />
    );
  }
  if (messages === undefined) {
    return (
      <div className="flex flex-col gap-3 p-3">
        {[1, 2, 3].map((row) => (
          <Skeleton key={row} className="h-36 rounded-xl" />
        ))}
      </div>
    );
  }
  if (messages.length === 0) {
    return (
      <EmptyState icon={<MessageSquareDashed className="size-6" />} title={t('road.empty.title')} action={<FirstMessage />}>
        {t('road.empty.help')}
      </EmptyState>
    );
  }
  return (
    <>
      <ol aria-label={t('road.messages')} className="flex flex-col gap-3 py-3 ps-3 pe-1">
        {messages.map((message) => (
          <MessageCard
            key={message.id}
            message={message}
            seen={road.seen.get(message.id)}
            onReplay={() => replay.mutate([message.id])}
            replaying={replay.isPending}
          />
        ))}
      </ol>
      {road.showMore !== null && (
        <div className="flex justify-center pb-4">
          <Button size="sm" onClick={road.showMore}>
            {t('road.more')}
          </Button>
        </div>
      )}
    </>
  );
}

function Figures({ road: { summary, messages } }: { readonly road: RoadState }) {
  const { t, many, format } = useLanguage();
  const replay = useReplay();
  const typical = typicalMs(messages ?? []);
  const dead = (messages ?? []).filter(({ state }) => state === 'dead').map(({ id }) => id);
  return (
    <div className="flex min-h-6 flex-wrap items-center gap-2">
      {summary === undefined || messages === undefined ? (
        <Skeleton className="h-6 w-40" />
      ) : (
        <>
          {summary.pending > 0 && <Badge tone="amber">{many('road.waiting', summary.pending)}</Badge>}
          {summary.pending + summary.dead === 0 && messages.length > 0 && <Badge tone="teal">{t('road.clear')}</Badge>}
          {summary.dead > 0 && <Badge tone="ruby">{many('road.dead', summary.dead)}</Badge>}
          {typical !== null && <Badge>{t('road.typical', { duration: format.duration(typical) })}</Badge>}
          {dead.length > 1 && (
            <Button
              size="sm"
              look="ghost"
              className="ms-auto h-6 px-2"
              busy={replay.isPending}
              icon={<RotateCcw aria-hidden className="size-3.5" />}
              onClick={() => replay.mutate(dead)}
            >
              {t('road.replay.all')}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function useReplay() {
  const { client } = useHub();
  const { accountId } = useSandbox();
  const { many, tell } = useLanguage();
  const toast = useToast();
  return useMutation({
    mutationFn: (messageIds: string[]) => client.deadLetters.replay.mutate({ accountId, messageIds }),
    onSuccess: ({ replayed }) => toast(many('road.replayed', replayed)),
    onError: (error) => toast(tell(hubErrorOf(error))),
  });
}
