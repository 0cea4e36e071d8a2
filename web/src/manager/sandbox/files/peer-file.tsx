import { Download, FileText } from 'lucide-react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useToast } from '../../../ui/toast.tsx';
import type { Peer } from '../peers/peer.ts';
import { saveFile, useBlobAddress, usePeerFile } from './use-peer-file.ts';
import { VoiceNote } from './voice-note.tsx';

interface PeerFileProps {
  readonly peer: Peer;
  readonly path: string;
  readonly look: 'image' | 'voice' | 'document';
  readonly name: string;
  readonly sizeBytes: number;
}

/** A file inside a bubble. Its place is kept while it loads. */
export function PeerFile(props: PeerFileProps) {
  if (props.look === 'image') return <Picture {...props} />;
  if (props.look === 'voice') return <Voice {...props} />;
  return <Document {...props} />;
}

function Picture({ peer, path, name }: PeerFileProps) {
  const { t } = useLanguage();
  const file = usePeerFile(peer, path);
  const address = useBlobAddress(file.data);
  return (
    <div className="aspect-[3/2] w-60 max-w-full overflow-hidden rounded-lg bg-n-black-2">
      {file.isError ? (
        <p className="label-small grid size-full place-items-center text-n-slate-11">{t('file.lost')}</p>
      ) : address === null ? (
        <Skeleton className="size-full" />
      ) : (
        <img src={address} alt={t('file.image', { name })} className="size-full object-cover" />
      )}
    </div>
  );
}

function Voice({ peer, path }: PeerFileProps) {
  const { t } = useLanguage();
  const file = usePeerFile(peer, path);
  if (file.isError) return <p className="label-small">{t('file.lost')}</p>;
  return <VoiceNote file={file.data} />;
}

function Document({ peer, path, name, sizeBytes }: PeerFileProps) {
  const { t, format, tell } = useLanguage();
  const toast = useToast();
  return (
    <button
      type="button"
      onClick={() => void saveFile(peer, path, name).catch((error: unknown) => toast(tell(hubErrorOf(error))))}
      className="flex w-60 max-w-full items-center gap-2.5 rounded-lg bg-n-black-2 p-2 text-start hover:bg-n-alpha-2"
    >
      <span aria-hidden className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg bg-n-ruby-9/15 text-n-ruby-11">
        <FileText className="size-5" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="sr-only">{t('file.download')} </span>
        <span className="block truncate text-[13px] leading-5 font-[460]">{name}</span>
        <span className="label-small block opacity-75">{format.bytes(sizeBytes)}</span>
      </span>
      <Download aria-hidden className="size-4 shrink-0 opacity-70" />
    </button>
  );
}
