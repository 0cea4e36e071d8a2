import { Monitor, Moon, Sun } from 'lucide-react';
import { LANGUAGES, useLanguage } from '../language/language.tsx';
import { chooseTheme, useTheme } from '../theme/theme.tsx';
import { Segmented } from '../ui/segmented.tsx';

const SHORT = { 'pt-BR': 'PT', en: 'EN' } as const;

export function Preferences() {
  const { t, code, choose } = useLanguage();
  const theme = useTheme();
  return (
    <div className="flex items-center gap-2">
      <Segmented
        label={t('language.label')}
        value={code}
        choices={LANGUAGES.map((value) => ({ value, label: SHORT[value] }))}
        onChoose={choose}
      />
      <Segmented
        label={t('theme.label')}
        value={theme}
        onChoose={chooseTheme}
        choices={[
          { value: 'system', label: t('theme.system'), icon: <Monitor aria-hidden className="size-3.5" /> },
          { value: 'light', label: t('theme.light'), icon: <Sun aria-hidden className="size-3.5" /> },
          { value: 'dark', label: t('theme.dark'), icon: <Moon aria-hidden className="size-3.5" /> },
        ]}
      />
    </div>
  );
}
