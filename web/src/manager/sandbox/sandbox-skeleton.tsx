import { useLanguage } from '../../language/language.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

export function SandboxSkeleton() {
  const { t } = useLanguage();
  return (
    <div role="status" className="flex min-h-0 flex-1 flex-col gap-3 p-3 sm:p-4">
      <span className="sr-only">{t('app.loading')}</span>
      <Skeleton className="h-14 shrink-0 rounded-xl max-wide:h-10" />
      <div className="grid min-h-0 flex-1 gap-4 wide:grid-cols-[minmax(290px,340px)_minmax(320px,1fr)_minmax(400px,1.45fr)]">
        <Skeleton className="rounded-[2rem]" />
        <Skeleton className="rounded-xl max-wide:hidden" />
        <Skeleton className="rounded-xl max-wide:hidden" />
      </div>
    </div>
  );
}
