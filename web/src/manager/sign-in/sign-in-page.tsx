import { Eye, EyeOff, TerminalSquare } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { hubErrorOf } from '../../api/hub-error.ts';
import { useHub } from '../../api/hub.tsx';
import { useLanguage } from '../../language/language.tsx';
import { useSession } from '../../session/browser-session.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field } from '../../ui/field.tsx';
import { Mark } from '../mark.tsx';
import { Preferences } from '../preferences.tsx';
import { RoadDrawing } from './road-drawing.tsx';

export function SignInPage() {
  const { t } = useLanguage();
  const state = useSession();
  return (
    <div className="relative flex min-h-dvh flex-col overflow-hidden">
      <RoadDrawing />
      <header className="relative flex items-center justify-between gap-3 p-4">
        <span className="flex items-center gap-2.5">
          <Mark className="size-8" />
          <span className="heading-1 max-[400px]:sr-only">{t('app.name')}</span>
        </span>
        <Preferences />
      </header>
      <main className="relative flex flex-1 justify-center px-4 pt-[max(1.5rem,14dvh)] pb-16">
        <div className="flex w-full max-w-sm flex-col gap-5">
          <div className="flex flex-col gap-1 text-center">
            <h1 className="text-2xl leading-8 font-[560] tracking-tight">{t('sign-in.title')}</h1>
            <p className="text-balance text-n-slate-11">{t('sign-in.lead')}</p>
          </div>
          {state.status === 'signed-out' && state.ended && (
            <Banner tone="amber" urgent>
              {t('sign-in.ended')}
            </Banner>
          )}
          <Card>
            <SignInForm />
          </Card>
          <p className="flex gap-2.5 px-2 text-[13px] leading-5 text-n-slate-11">
            <TerminalSquare aria-hidden className="mt-0.5 size-4 shrink-0" />
            {t('sign-in.first-start')}
          </p>
        </div>
      </main>
    </div>
  );
}

function SignInForm() {
  const { t, tell } = useLanguage();
  const { session } = useHub();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const emailProblem = tried && !/^\S+@\S+$/.test(email.trim()) ? t('sign-in.email-needed') : undefined;
  const passwordProblem = tried && password === '' ? t('sign-in.password-needed') : undefined;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (!/^\S+@\S+$/.test(email.trim()) || password === '') return;
    setBusy(true);
    setProblem(null);
    try {
      await session.signIn({ email: email.trim(), password });
    } catch (error) {
      setProblem(tell(hubErrorOf(error)));
      setBusy(false);
    }
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field
        label={t('sign-in.email')}
        type="email"
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        problem={emailProblem}
      />
      <Field
        label={t('sign-in.password')}
        type={shown ? 'text' : 'password'}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        problem={passwordProblem}
        end={
          <button
            type="button"
            aria-label={shown ? t('sign-in.hide-password') : t('sign-in.show-password')}
            onClick={() => setShown(!shown)}
            className="inline-flex size-8 items-center justify-center rounded-md text-n-slate-11 hover:bg-n-alpha-2 hover:text-n-slate-12"
          >
            {shown ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}
          </button>
        }
      />
      {problem !== null && (
        <Banner tone="ruby" urgent>
          {problem}
        </Banner>
      )}
      <Button type="submit" look="solid" busy={busy} className="w-full">
        {t('sign-in.submit')}
      </Button>
    </form>
  );
}
