import { FileText, FolderOpen, ImageIcon, Mic } from 'lucide-react';
import { useRef } from 'react';
import type { ReactNode } from 'react';
import { useLanguage } from '../../../language/language.tsx';
import { useToast } from '../../../ui/toast.tsx';
import type { TypedMessage } from '../peers/phone.ts';
import { MOST_FILE_BYTES } from '../peers/read-file.ts';
import { sampleDocument } from '../samples/sample-document.ts';
import { samplePhoto } from '../samples/sample-photo.ts';
import { sampleVoice } from '../samples/sample-voice.ts';

type Kind = TypedMessage['kind'];

export function AttachChoices({ onFile }: { readonly onFile: (kind: Kind, file: File) => void }) {
  const { t, format } = useLanguage();
  const toast = useToast();
  const picker = useRef<HTMLInputElement>(null);

  function pick(file: File | undefined): void {
    if (file === undefined) return;
    if (file.size > MOST_FILE_BYTES) toast(t('inbox.too-large', { limit: format.bytes(MOST_FILE_BYTES) }));
    else onFile(kindOf(file.type), file);
  }

  return (
    <div className="grid grid-cols-2 gap-1.5 px-1">
      <Choice
        icon={<ImageIcon className="size-4 text-n-blue-11" />}
        onClick={() => void samplePhoto().then((file) => onFile('image', file))}
      >
        {t('phone.attach.photo')}
      </Choice>
      <Choice
        icon={<FileText className="size-4 text-n-ruby-11" />}
        onClick={() => onFile('document', sampleDocument(t('sample.document'), format.dateTime(Date.now())))}
      >
        {t('phone.attach.document')}
      </Choice>
      <Choice icon={<Mic className="size-4 text-n-teal-11" />} onClick={() => void sampleVoice().then((file) => onFile('voice', file))}>
        {t('phone.attach.voice')}
      </Choice>
      <Choice icon={<FolderOpen className="size-4 text-n-amber-11" />} onClick={() => picker.current?.click()}>
        {t('phone.attach.file')}
      </Choice>
      <input
        ref={picker}
        type="file"
        hidden
        onChange={(event) => {
          pick(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

const Choice = ({ icon, onClick, children }: { readonly icon: ReactNode; readonly onClick: () => void; readonly children: ReactNode }) => (
  <button
    type="button"
    onClick={onClick}
    className="flex h-9 items-center gap-2 rounded-lg bg-n-alpha-1 px-2.5 text-start text-[13px] leading-4 hover:bg-n-alpha-2"
  >
    <span aria-hidden>{icon}</span>
    {children}
  </button>
);

function kindOf(mimeType: string): Kind {
  const kind = mimeType.split('/')[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}
