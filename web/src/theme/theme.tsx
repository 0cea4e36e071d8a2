import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const CHOICE = 'wph.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

const isTheme = (value: string | null): value is Theme => THEMES.some((theme) => theme === value);
const readChoice = (): Theme => {
  const chosen = localStorage.getItem(CHOICE);
  return isTheme(chosen) ? chosen : 'system';
};
let choice: Theme = readChoice();

function apply(): void {
  const root = document.documentElement;
  root.classList.toggle('dark', choice === 'dark' || (choice === 'system' && system.matches));
  root.dataset['ready'] = '';
}

/** Sets the theme before anything is drawn, and follows the system while nothing is chosen. */
export function startTheme(): void {
  apply();
  system.addEventListener('change', apply);
}

export function chooseTheme(next: Theme): void {
  choice = next;
  localStorage.setItem(CHOICE, next);
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choice,
  );
}
