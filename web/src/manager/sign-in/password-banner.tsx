import { useState } from 'react';
import { useLanguage } from '../../language/language.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ChangePasswordDialog } from './change-password-dialog.tsx';

export function PasswordBanner() {
  const { t } = useLanguage();
  const [dismissed, setDismissed] = useState(false);
  const [open, setOpen] = useState(false);
  if (dismissed) return null;
  return (
    <div className="shrink-0 px-3 pt-3 sm:px-4">
      <Banner
        tone="blue"
        actions={
          <Button size="sm" look="outline" onClick={() => setOpen(true)}>
            {t('password.banner.action')}
          </Button>
        }
        dismiss={{ label: t('password.banner.dismiss'), onDismiss: () => setDismissed(true) }}
      >
        {t('password.banner')}
      </Banner>
      <ChangePasswordDialog open={open} onClose={() => setOpen(false)} />
    </div>
  );
}
