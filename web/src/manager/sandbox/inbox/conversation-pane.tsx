import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, CheckCheck, RotateCcw } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { Avatar } from '../../../ui/avatar.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { useVisible } from '../../../ui/use-visible.ts';
import { askConversations, askMessages, changeStatus, markSeen } from '../peers/agent.ts';
import type { Conversation } from '../peers/agent.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { useStickToEnd } from '../use-stick-to-end.ts';
import { AgentBubble } from './agent-bubble.tsx';
import { AgentComposer } from './agent-composer.tsx';

export function ConversationPane({ conversation, onBack }: { readonly conversation: Conversation; readonly onBack: () => void }) {
  useSeen(conversation);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <PaneHead conversation={conversation} onBack={onBack} />
      <Messages conversation={conversation} />
      <AgentComposer conversationId={conversation.id} />
    </div>
  );
}

function PaneHead({ conversation, onBack }: { readonly conversation: Conversation; readonly onBack: () => void }) {
  const { t, tell } = useLanguage();
  const { agent } = useSandbox();
  const toast = useToast();
  const queries = useQueryClient();
  const { meta, status } = conversation;
  const name = meta.sender?.name ?? '';
  const resolved = status === 'resolved';
  const change = useMutation({
    mutationFn: () => changeStatus(agent, conversation.id, resolved ? 'open' : 'resolved'),
    onSuccess: () => queries.invalidateQueries({ queryKey: askConversations(agent).queryKey }),
    onError: (error) => toast(tell(hubErrorOf(error))),
  });
  return (
    <div className="flex h-14 shrink-0 items-center gap-2.5 border-b border-n-weak px-3">
      <IconButton label={t('inbox.back')} icon={<ArrowLeft aria-hidden className="size-4" />} onClick={onBack} className="@xl:hidden" />
      <Avatar name={name} />
      <div className="min-w-0 flex-1">
        <h3 className="truncate font-medium">{name}</h3>
        <p className="label-small truncate text-n-slate-11 tabular-nums">{meta.sender?.phone_number ?? ''}</p>
      </div>
      <Badge tone={resolved ? 'teal' : 'slate'} className="@max-md:hidden">
        {t(`inbox.${status}`)}
      </Badge>
      <Button
        size="sm"
        look={resolved ? 'faded' : 'outline'}
        busy={change.isPending}
        icon={resolved ? <RotateCcw aria-hidden className="size-3.5" /> : <CheckCheck aria-hidden className="size-3.5" />}
        onClick={() => change.mutate()}
      >
        {t(resolved ? 'inbox.reopen' : 'inbox.resolve')}
      </Button>
    </div>
  );
}

function Messages({ conversation }: { readonly conversation: Conversation }) {
  const { t, tell } = useLanguage();
  const { agent } = useSandbox();
  const { data, error } = useQuery(askMessages(agent, conversation.id));
  const box = useStickToEnd(conversation.id);
  const byId = useMemo(() => new Map(data?.map((message) => [message.id, message])), [data]);
  const quotedBy = (attributes: Readonly<Record<string, unknown>>) => byId.get(Number(attributes['in_reply_to']));
  return (
    <div
      ref={box}
      tabIndex={0}
      role="log"
      aria-label={t('inbox.messages', { name: conversation.meta.sender?.name ?? '' })}
      className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4 py-4 -outline-offset-2"
    >
      {data === undefined && error !== null ? (
        <p className="m-auto text-n-ruby-11">{tell(hubErrorOf(error))}</p>
      ) : data === undefined ? (
        <div className="mt-auto flex flex-col gap-3">
          <Skeleton className="h-14 w-52 rounded-xl" />
          <Skeleton className="h-14 w-60 self-end rounded-xl" />
        </div>
      ) : (
        <ol className="mt-auto flex flex-col gap-2.5">
          {data.map((message) => (
            <AgentBubble key={message.id} message={message} quoted={quotedBy(message.content_attributes)} />
          ))}
        </ol>
      )}
    </div>
  );
}

/** What is on screen is read. */
function useSeen({ id, unread_count: unread }: Conversation): void {
  const { agent } = useSandbox();
  const visible = useVisible();
  const queries = useQueryClient();
  useEffect(() => {
    if (unread === 0 || !visible) return;
    void markSeen(agent, id)
      .then(() => queries.invalidateQueries({ queryKey: askConversations(agent).queryKey }))
      .catch(() => undefined);
  }, [agent, id, unread, visible, queries]);
}
