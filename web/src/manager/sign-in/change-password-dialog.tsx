import { useState } from 'react';
import type { FormEvent } from 'react';
import { hubErrorOf } from '../../api/hub-error.ts';
import { useHub } from '../../api/hub.tsx';
import { useLanguage } from '../../language/language.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';

/** The server's own lower limit; it also refuses what is easy to guess. */
const SHORTEST = 12;

interface ChangePasswordDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function ChangePasswordDialog({ open, onClose }: ChangePasswordDialogProps) {
  const { t } = useLanguage();
  return (
    <Dialog title={t('password.title')} description={t('password.description')} open={open} onClose={onClose}>
      <ChangePasswordForm onClose={onClose} />
    </Dialog>
  );
}

function ChangePasswordForm({ onClose }: { readonly onClose: () => void }) {
  const { t, tell } = useLanguage();
  const { session } = useHub();
  const toast = useToast();
  const [current, setCurrent] = useState('');
  const [chosen, setChosen] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (current === '' || chosen.length < SHORTEST) return;
    setBusy(true);
    setProblem(null);
    try {
      await session.changePassword({ currentPassword: current, newPassword: chosen });
      toast(t('password.saved'));
      onClose();
    } catch (error) {
      setProblem(tell(hubErrorOf(error)));
      setBusy(false);
    }
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field
        label={t('password.current')}
        help={t('password.current.help')}
        problem={tried && current === '' ? t('sign-in.password-needed') : undefined}
        type="password"
        autoComplete="current-password"
        autoFocus
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <Field
        label={t('password.new')}
        help={t('password.new.help')}
        problem={tried && chosen.length < SHORTEST ? t('password.too-short') : undefined}
        type="password"
        autoComplete="new-password"
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
      />
      {problem !== null && (
        <Banner tone="ruby" urgent>
          {problem}
        </Banner>
      )}
      <div className="grid grid-cols-2 gap-3">
        <Button onClick={onClose}>{t('app.cancel')}</Button>
        <Button type="submit" look="solid" busy={busy}>
          {t('password.save')}
        </Button>
      </div>
    </form>
  );
}
