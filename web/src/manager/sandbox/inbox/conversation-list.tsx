import { CheckCheck, Clock, Lock, Paperclip, Reply } from 'lucide-react';
import { useLanguage } from '../../../language/language.tsx';
import { Avatar } from '../../../ui/avatar.tsx';
import { classes } from '../../../ui/classes.ts';
import { fileNameOf, MESSAGE_TYPE } from '../peers/agent.ts';
import type { AgentMessage, Conversation } from '../peers/agent.ts';

interface ConversationListProps {
  readonly conversations: readonly Conversation[];
  readonly shownId: number | undefined;
  readonly onChoose: (id: number) => void;
}

export function ConversationList({ conversations, shownId, onChoose }: ConversationListProps) {
  const { t } = useLanguage();
  return (
    <ul aria-label={t('inbox.conversations')} className="h-full overflow-y-auto">
      {conversations.map((conversation) => (
        <li key={conversation.id} className="border-b border-n-slate-3">
          <Row conversation={conversation} shown={conversation.id === shownId} onChoose={() => onChoose(conversation.id)} />
        </li>
      ))}
    </ul>
  );
}

function Row({
  conversation,
  shown,
  onChoose,
}: {
  readonly conversation: Conversation;
  readonly shown: boolean;
  readonly onChoose: () => void;
}) {
  const { t, many, format } = useLanguage();
  const { meta, unread_count: unread, status } = conversation;
  const name = meta.sender?.name ?? '';
  const Status = status === 'resolved' ? CheckCheck : Clock;
  return (
    <button
      type="button"
      aria-current={shown || undefined}
      onClick={onChoose}
      className={classes(
        'flex w-full items-start gap-2.5 px-3 py-3 text-start -outline-offset-2',
        shown ? 'bg-n-background dark:bg-n-slate-3' : 'hover:bg-n-alpha-1',
      )}
    >
      <Avatar name={name} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className={classes('truncate', unread > 0 ? 'font-[620]' : 'font-medium')}>{name}</span>
          <time
            dateTime={new Date(conversation.last_activity_at * 1_000).toISOString()}
            className="ms-auto shrink-0 text-[11px] leading-4 text-n-slate-11 tabular-nums"
          >
            {format.clock(conversation.last_activity_at * 1_000)}
          </time>
        </span>
        <span className="flex items-center gap-1.5 text-[13px] leading-5 text-n-slate-11">
          <Preview message={conversation.last_non_activity_message} />
          {unread > 0 ? (
            <span className="ms-auto inline-flex h-4 min-w-4 shrink-0 items-center justify-center rounded-full bg-n-teal-9 px-1 text-xxs font-medium text-white">
              <span aria-hidden>{unread > 9 ? '9+' : unread}</span>
              <span className="sr-only">{many('inbox.unread', unread)}</span>
            </span>
          ) : (
            status !== 'open' && (
              <span className="ms-auto shrink-0 text-n-teal-11">
                <Status aria-hidden className="size-3.5" />
                <span className="sr-only">{t(`inbox.${status}`)}</span>
              </span>
            )
          )}
        </span>
      </span>
    </button>
  );
}

function Preview({ message }: { readonly message: AgentMessage | null }) {
  if (message === null) return null;
  const Icon = message.private
    ? Lock
    : message.message_type === MESSAGE_TYPE.outgoing
      ? Reply
      : (message.attachments ?? []).length > 0
        ? Paperclip
        : null;
  const file = message.attachments?.[0];
  return (
    <>
      {Icon !== null && <Icon aria-hidden className="size-3 shrink-0" />}
      <span className="truncate">{message.content || (file === undefined ? '' : fileNameOf(file))}</span>
    </>
  );
}
