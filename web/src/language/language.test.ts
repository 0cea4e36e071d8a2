import { expect, test } from 'vitest';
import { en } from './en.ts';
import { createFormats } from './formats.ts';
import { ptBR } from './pt-br.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([whole]) => whole).toSorted();

test('each text asks for the same placeholders in both languages', () => {
  const differing = Object.entries(ptBR).filter(
    ([key, text]) => placeholders(text).join() !== placeholders(en[key as keyof typeof en]).join(),
  );
  expect(differing).toEqual([]);
});

test('both languages have the same keys in the same order, so that a reader finds them', () => {
  expect(Object.keys(en)).toEqual(Object.keys(ptBR));
});

test('a duration is told in the largest unit that fits', () => {
  const { duration } = createFormats('en');
  expect([duration(3.4), duration(999), duration(1_240), duration(600_000)]).toEqual(['3 ms', '999 ms', '1.2 sec', '10 min']);
});
