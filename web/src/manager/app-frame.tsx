import { Outlet } from '@tanstack/react-router';
import { LogOut } from 'lucide-react';
import { useHub } from '../api/hub.tsx';
import { useLanguage } from '../language/language.tsx';
import { useSession } from '../session/browser-session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Mark } from './mark.tsx';
import { Preferences } from './preferences.tsx';
import { PasswordBanner } from './sign-in/password-banner.tsx';

/** What stands around every screen of a signed-in person. */
export function AppFrame() {
  const { t } = useLanguage();
  const { session } = useHub();
  const state = useSession();
  const name = state.status === 'signed-in' ? state.user.name || state.user.email : '';
  return (
    <div className="flex h-dvh min-h-[34rem] flex-col">
      <a href="#content" className="sr-only z-50 rounded-lg bg-n-solid-1 px-4 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        {t('app.skip')}
      </a>
      <header className="flex h-14 shrink-0 items-center gap-3 border-b border-n-weak bg-n-surface-1 px-3 sm:px-4">
        <Mark className="size-7" />
        <span className="heading-2 max-sm:sr-only">{t('app.name')}</span>
        <div className="flex-1" />
        <Preferences />
        <div className="flex items-center gap-1 sm:gap-2">
          <span className="flex items-center gap-2 max-md:hidden">
            <Avatar name={name} size="sm" />
            <span className="max-w-40 truncate text-[13px] text-n-slate-11">{name}</span>
          </span>
          <IconButton label={t('app.sign-out')} icon={<LogOut aria-hidden className="size-4" />} onClick={() => void session.signOut()} />
        </div>
      </header>
      {state.status === 'signed-in' && state.user.mustChangePassword && <PasswordBanner />}
      <main id="content" className="flex min-h-0 flex-1 flex-col">
        <Outlet />
      </main>
    </div>
  );
}
