import { createContext, use, useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { OFFLINE } from '../api/hub-error.ts';
import type { HubError } from '../api/hub-error.ts';
import { en } from './en.ts';
import { createFormats } from './formats.ts';
import type { Formats } from './formats.ts';
import { ptBR } from './pt-br.ts';

type Source = typeof ptBR;
export type TextKey = keyof Source;
type CountKey = TextKey extends infer Key ? (Key extends `${infer Base}.other` ? Base : never) : never;
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type Values<Text extends string> = [Placeholders<Text>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholders<Text>, string | number>>];

export const LANGUAGES = ['pt-BR', 'en'] as const;
export type LanguageCode = (typeof LANGUAGES)[number];

export interface Language {
  readonly code: LanguageCode;
  readonly choose: (code: LanguageCode) => void;
  /** The text of a key, with its `{placeholders}` filled in. */
  readonly t: <Key extends TextKey>(key: Key, ...values: Values<Source[Key]>) => string;
  /** The form of `key` that fits a number: `key.one` or `key.other`, with `{count}`. */
  readonly many: (key: CountKey, count: number) => string;
  /** What happened and what to do, in the person's language; the Hub's own sentence where there is no other. */
  readonly tell: (error: HubError) => string;
  readonly format: Formats;
}

const TEXTS: Readonly<Record<LanguageCode, Readonly<Record<TextKey, string>>>> = { 'pt-BR': ptBR, en };
const CHOICE = 'wph.language';

const LanguageContext = createContext<Language | null>(null);

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [code, setCode] = useState(firstLanguage);
  const choose = useCallback((next: LanguageCode) => {
    localStorage.setItem(CHOICE, next);
    setCode(next);
  }, []);
  const language = useMemo(() => makeLanguage(code, choose), [code, choose]);
  document.documentElement.lang = code;
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export function useLanguage(): Language {
  const language = use(LanguageContext);
  if (language === null) throw new Error('No language above this component.');
  return language;
}

function firstLanguage(): LanguageCode {
  const chosen = localStorage.getItem(CHOICE);
  const wanted = [...(chosen === null ? [] : [chosen]), ...navigator.languages];
  for (const tag of wanted) {
    if (/^pt\b/i.test(tag)) return 'pt-BR';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

function makeLanguage(code: LanguageCode, choose: Language['choose']): Language {
  const texts = TEXTS[code];
  const plural = new Intl.PluralRules(code);
  const fill = (text: string, values: Readonly<Record<string, string | number>> = {}): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  const format = createFormats(code);
  return {
    code,
    choose,
    t: (key, ...[values]) => fill(texts[key], values),
    many: (key, count) => fill(texts[`${key}.${plural.select(count) === 'one' ? 'one' : 'other'}`], { count: format.number(count) }),
    tell: (error) => {
      const key = `error.${error.code}`;
      const text = isTextKey(key) ? texts[key] : error.code === OFFLINE ? texts['error.client/offline'] : error.message;
      return fill(text, { wait: format.wait(error.retryAfterSeconds ?? 60) });
    },
    format,
  };
}

const isTextKey = (key: string): key is TextKey => key in ptBR;
