import { Ban, CircleAlert, Lock, Smartphone } from 'lucide-react';
import { useLanguage } from '../../../language/language.tsx';
import { classes } from '../../../ui/classes.ts';
import { PeerFile } from '../files/peer-file.tsx';
import { fileNameOf, filePathOf, MESSAGE_TYPE } from '../peers/agent.ts';
import type { AgentMessage } from '../peers/agent.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { Tick } from '../tick.tsx';

/** A message as Chatwoot draws it: the customer grey at the left, the agent blue at the right, notes amber, failures red. */
export function AgentBubble({ message, quoted }: { readonly message: AgentMessage; readonly quoted: AgentMessage | undefined }) {
  const { t } = useLanguage();
  if (message.message_type === MESSAGE_TYPE.activity) {
    return (
      <li className="label-small animate-arrive self-center rounded-md bg-n-alpha-1 px-2 py-1 text-center text-n-slate-11">
        {message.content}
      </li>
    );
  }
  const incoming = message.message_type === MESSAGE_TYPE.incoming;
  const failed = message.status === 'failed' && !incoming;
  const colour = message.private ? 'bg-n-solid-amber' : failed ? 'bg-n-ruby-4' : incoming ? 'bg-n-slate-4' : 'bg-n-solid-blue';
  return (
    <li className={classes('flex max-w-[85%] animate-arrive flex-col gap-1', incoming ? 'self-start' : 'items-end self-end')}>
      <div className={classes('rounded-xl px-3 py-2', colour, incoming ? 'rounded-bl-sm' : 'rounded-br-sm')}>
        {message.private && (
          <p className="label-small mb-1 flex items-center gap-1 text-n-slate-11">
            <Lock aria-hidden className="size-3" />
            {t('inbox.private')}
          </p>
        )}
        {quoted !== undefined && (
          <p className="mb-1.5 line-clamp-2 rounded-lg border-s-2 border-n-slate-9 bg-n-black-2 px-2 py-1 text-[13px] leading-5">
            {quoted.content}
          </p>
        )}
        <Content message={message} />
        <Meta message={message} />
      </div>
      {failed && (
        <p className="label-small flex items-start gap-1 text-n-ruby-11">
          <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          {errorOf(message) ?? t('inbox.failed')}
        </p>
      )}
    </li>
  );
}

function Content({ message }: { readonly message: AgentMessage }) {
  const { t } = useLanguage();
  const { agent } = useSandbox();
  if (message.content_attributes['deleted'] === true) {
    return (
      <p className="flex items-center gap-1.5 text-n-slate-11 italic">
        <Ban aria-hidden className="size-3.5" />
        {t('inbox.deleted')}
      </p>
    );
  }
  return (
    <>
      {message.attachments?.map((attachment) => (
        <div key={attachment.id} className="mb-1">
          <PeerFile
            peer={agent.peer}
            path={filePathOf(attachment)}
            look={attachment.file_type === 'image' ? 'image' : attachment.file_type === 'audio' ? 'voice' : 'document'}
            name={fileNameOf(attachment)}
            sizeBytes={attachment.file_size}
          />
        </div>
      ))}
      {message.content !== null && message.content !== '' && <p className="break-words whitespace-pre-wrap">{message.content}</p>}
    </>
  );
}

function Meta({ message }: { readonly message: AgentMessage }) {
  const { t, format } = useLanguage();
  const echo = message.content_attributes['external_echo'] === true;
  return (
    <p className="mt-0.5 flex items-center justify-end gap-1 text-[11px] leading-4 text-n-slate-11 tabular-nums">
      {echo && (
        <span title={t('inbox.echo')}>
          <Smartphone aria-hidden className="size-3" />
          <span className="sr-only">{t('inbox.echo')}</span>
        </span>
      )}
      <time dateTime={new Date(message.created_at * 1_000).toISOString()}>{format.clock(message.created_at * 1_000)}</time>
      {message.message_type !== MESSAGE_TYPE.incoming && !message.private && <Tick state={message.status} />}
    </p>
  );
}

function errorOf({ content_attributes: attributes }: AgentMessage): string | null {
  const error = attributes['external_error'];
  return typeof error === 'string' && error !== '' ? error : null;
}
