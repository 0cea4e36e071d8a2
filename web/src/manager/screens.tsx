import { Link } from '@tanstack/react-router';
import { Compass, Unplug } from 'lucide-react';
import { useLanguage } from '../language/language.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

export function LoadingScreen() {
  const { t } = useLanguage();
  return (
    <div role="status" className="flex min-h-dvh flex-col gap-4 p-4">
      <span className="sr-only">{t('app.loading')}</span>
      <Skeleton className="h-14" />
      <Skeleton className="flex-1 rounded-xl" />
    </div>
  );
}

export function BrokenScreen() {
  const { t } = useLanguage();
  return (
    <main role="alert" className="grid min-h-dvh place-items-center">
      <EmptyState
        icon={<Unplug className="size-6" />}
        title={t('app.broken')}
        action={
          <Button look="solid" onClick={() => window.location.reload()}>
            {t('app.reload')}
          </Button>
        }
      >
        {t('app.broken.help')}
      </EmptyState>
    </main>
  );
}

export function MissingScreen() {
  const { t } = useLanguage();
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        icon={<Compass className="size-6" />}
        title={t('app.not-found')}
        action={
          <Link to="/" className="text-n-blue-11 underline-offset-4 hover:underline">
            {t('app.back-home')}
          </Link>
        }
      />
    </main>
  );
}
