import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Message } from '@whatpro/sdk/contract';
import { ask } from '../../../api/ask.ts';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useHub } from '../../../api/hub.tsx';
import { useLanguage } from '../../../language/language.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useSandbox } from '../sandbox-context.tsx';
import { failureSentence } from './message-words.ts';

const SHOWN_ATTEMPTS = 4;

/** Every attempt that did not get through, and where the message is known. */
export function MessageDetails({ message }: { readonly message: Message }) {
  const { t, format } = useLanguage();
  return (
    <div className="flex flex-col gap-3 px-1 pt-2">
      <Attempts message={message} />
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2">
        <Fact name={t('road.fact.stored')}>{format.dateTime(message.createdAt)}</Fact>
        <Fact name={t('road.fact.sequence')}>{format.number(message.seq)}</Fact>
        {message.gatewayId !== null && <Fact name={t('road.fact.gateway')}>{message.gatewayId}</Fact>}
        {message.chatwootMessageId !== null && <Fact name={t('road.fact.chatwoot')}>#{message.chatwootMessageId}</Fact>}
      </dl>
    </div>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="label-small text-n-slate-11">{name}</dt>
    <dd className="truncate text-[13px] leading-5 tabular-nums">{children}</dd>
  </div>
);

function Attempts({ message }: { readonly message: Message }) {
  const language = useLanguage();
  const { t, many, format, tell } = language;
  const { client } = useHub();
  const { accountId } = useSandbox();
  const { refetch, ...detail } = useQuery({ ...ask(client, (hub) => hub.messages.get, { accountId, id: message.id }), staleTime: 0 });
  const known = useRef(message);
  useEffect(() => {
    if (known.current !== message) void refetch();
    known.current = message;
  }, [message, refetch]);
  if (detail.isPending) return <Skeleton className="h-5 w-48" />;
  if (detail.isError) return <p className="text-[13px] text-n-ruby-11">{tell(hubErrorOf(detail.error))}</p>;
  const { failures } = detail.data;
  if (failures.length === 0)
    return <p className="text-[13px] leading-5 text-n-slate-11">{message.state === 'delivered' ? t('road.attempts.none') : ''}</p>;
  const earlier = failures.length - SHOWN_ATTEMPTS;
  return (
    <ol className="flex flex-col gap-1.5">
      {earlier > 0 && <li className="label-small text-n-slate-11">{many('road.attempts.earlier', earlier)}</li>}
      {failures.slice(-SHOWN_ATTEMPTS).map((failure, index) => (
        <li key={`${failure.at.getTime()}-${index}`} className="border-s-2 border-n-ruby-8 ps-2 text-[13px] leading-5">
          <span className="flex justify-between gap-2">
            <span className="font-[460]">{t('road.attempt', { number: Math.max(0, earlier) + index + 1 })}</span>
            <time dateTime={failure.at.toISOString()} className="label-small text-n-slate-11 tabular-nums">
              {format.time(failure.at)}
            </time>
          </span>
          {failureSentence(language, message.direction, failure.failure.kind)}
          {failure.failure.detail !== '' && (
            <span className="block truncate font-mono text-[11px] leading-4 text-n-slate-11" title={failure.failure.detail}>
              {failure.failure.detail}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
