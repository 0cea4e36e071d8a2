import { MessageCircleHeart } from 'lucide-react';
import { useMemo } from 'react';
import type { Message } from '@whatpro/sdk/contract';
import { useLanguage } from '../../../language/language.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import type { PhoneMessage } from '../peers/phone.ts';
import type { RoadState } from '../road/use-road.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { useStickToEnd } from '../use-stick-to-end.ts';
import { PhoneBubble } from './phone-bubble.tsx';
import type { TickState } from '../tick.tsx';

const CHANGES = new Set(['reaction', 'edit', 'removal']);

interface PhoneChatProps {
  readonly messages: readonly PhoneMessage[] | undefined;
  readonly road: RoadState;
  readonly onQuote: (id: string) => void;
}

export function PhoneChat({ messages, road, onQuote }: PhoneChatProps) {
  const { t } = useLanguage();
  const { customer } = useSandbox();
  const shown = useMemo(() => messages?.filter(({ kind }) => !CHANGES.has(kind)), [messages]);
  const byId = useMemo(() => new Map(shown?.map((message) => [message.id, message])), [shown]);
  const box = useStickToEnd(customer.phone);
  const tickOf = useTicks(road.messages);
  return (
    <div
      ref={box}
      tabIndex={0}
      role="log"
      aria-label={t('phone.messages', { name: customer.name })}
      className="phone-wall flex min-h-0 flex-1 flex-col overflow-y-auto px-3 py-3 -outline-offset-2"
    >
      {shown === undefined ? (
        <div className="mt-auto flex flex-col gap-2">
          <Skeleton className="h-10 w-40" />
          <Skeleton className="h-14 w-52 self-end" />
          <Skeleton className="h-10 w-32 self-end" />
        </div>
      ) : shown.length === 0 ? (
        <p className="m-auto flex max-w-48 flex-col items-center gap-2 rounded-xl bg-phone-theirs px-4 py-3 text-center text-[13px] leading-5 text-n-slate-11 shadow-xs">
          <MessageCircleHeart aria-hidden className="size-5 text-n-teal-11" />
          {t('phone.empty')}
        </p>
      ) : (
        <ol className="mt-auto flex flex-col gap-1.5">
          {shown.map((message) => (
            <PhoneBubble
              key={message.id}
              message={message}
              quoted={message.quotedId === undefined ? undefined : byId.get(message.quotedId)}
              tick={message.fromMe ? null : tickOf(message)}
              onQuote={() => onQuote(message.id)}
            />
          ))}
        </ol>
      )}
    </div>
  );
}

/** One tick: the gateway has it. Two: it is in the agent's inbox, as the road shows. What is older than the road has arrived. */
function useTicks(road: readonly Message[] | undefined): (message: PhoneMessage) => TickState {
  return useMemo(() => {
    const states = new Map(road?.map((message) => [message.gatewayId, message.state]));
    const oldest = road?.at(-1)?.createdAt.getTime() ?? Infinity;
    return ({ id, at }) => {
      const state = states.get(id);
      return state === 'delivered' || (state === undefined && at < oldest && road !== undefined && road.length > 0) ? 'delivered' : 'sent';
    };
  }, [road]);
}
