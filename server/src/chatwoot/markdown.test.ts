import { describe, expect, it } from 'vitest';
import { toChatwootMarkdown } from './to-chatwoot-markdown.ts';
import { toWhatsAppMarks } from './to-whatsapp-marks.ts';

const TO_WHATSAPP: readonly (readonly [string, string])[] = [
  ['**bold**', '*bold*'],
  ['__bold__', '*bold*'],
  ['*italic*', '_italic_'],
  ['_italic_', '_italic_'],
  ['***both***', '_*both*_'],
  ['**bold *and italic* here**', '*bold _and italic_ here*'],
  ['*it **bold***', '_it *bold*_'],
  ['**bold *it***', '*bold _it_*'],
  ['~~gone~~', '~gone~'],
  ['`code *kept*`', '`code *kept*`'],
  ['```ruby\nputs "**x**"\n```', '```\nputs "**x**"\n```'],
  ['before\n```\na * b\n```\n**after**', 'before\n```\na * b\n```\n*after*'],
  ['[the site](https://example.com/a_b_c)', 'the site: https://example.com/a_b_c'],
  ['[https://example.com](https://example.com)', 'https://example.com'],
  ['[**bold** site](https://example.com "title")', '*bold* site: https://example.com'],
  ['[wiki](https://example.com/a_(b))', 'wiki: https://example.com/a_(b)'],
  ['<https://example.com/x_y_>', 'https://example.com/x_y_'],
  ['<mailto:a@example.com>', 'a@example.com'],
  ['[a@example.com](mailto:a@example.com)', 'a@example.com'],
  ['![logo](https://example.com/l.png)', 'logo: https://example.com/l.png'],
  ['[@Ana](mention://user/1/Ana) see', '@Ana see'],
  ['https://example.com/a_b_c*d*e', 'https://example.com/a_b_c*d*e'],
  ['**https://example.com/x**', '*https://example.com/x*'],
  ['* one\n* two', '- one\n- two'],
  ['+ one\n  * **two**', '- one\n  - *two*'],
  ['1. one\n2. *two*', '1. one\n2. _two_'],
  ['line one\\\nline two', 'line one\nline two'],
  ['\\*not bold\\* and 1\\. dot', '*not bold* and 1. dot'],
  ['a \\\\ b', 'a \\ b'],
  ['**two\nlines**', '*two*\n*lines*'],
  ['*a **b\nc** d*', '_a *b*_\n_*c* d_'],
  ['**open\n\nend**', '**open\n\nend**'],
  ['foo**bar**baz', 'foo*bar*baz'],
  ['**Olá**, tudo bem?', '*Olá*, tudo bem?'],
  ['Oi {{contact.first_name}} **já**', 'Oi {{contact.first_name}} *já*'],
  ['{{ a_b_c }} *x*', '{{ a_b_c }} _x_'],
  ['> **quote**', '> *quote*'],
  ['**🎉 festa**', '*🎉 festa*'],
  ['***', '***'],
  ['** spaced **', '** spaced **'],
  ['**', '**'],
];

const TO_CHATWOOT: readonly (readonly [string, string])[] = [
  ['*bold*', '**bold**'],
  ['_italic_', '*italic*'],
  ['~gone~', '~~gone~~'],
  ['*_both_*', '***both***'],
  ['*bold _and italic_ here*', '**bold *and italic* here**'],
  ['(*bold*), _it_.', '(**bold**), *it*.'],
  ['```mono *x*```', '```mono *x*```'],
  ['`code _x_`', '`code _x_`'],
  ['snake_case_name', 'snake_case_name'],
  ['2*3*4', '2*3*4'],
  ['a * b * c', 'a * b * c'],
  ['* item\n* item', '* item\n* item'],
  ['*not\nacross lines*', '*not\nacross lines*'],
  ['https://example.com/a_b_/*c*', 'https://example.com/a_b_/*c*'],
  ['*https://example.com/a_b*', '**https://example.com/a_b**'],
  ['Oi {{_nome_}} *já*', 'Oi {{_nome_}} **já**'],
  ['**already**', '**already**'],
  ['_open', '_open'],
  ['**', '**'],
  ['*ação*', '**ação**'],
];

const UNMARKED = [
  '',
  'Bom dia! Tudo bem? 😀',
  'C:\\temp\\new',
  'snake_case_name and x__init__y.py_x',
  '2*3*4 = 24',
  'R$ 10,00 (50% off) # 1 > 0 & < 5',
  'linha 1\nlinha 2\r\n\n\nlinha 3 ',
  'price ~ 10',
  'a_b@example.com {{var_name_x}}',
  '[not a link] (really)',
  'one * star, one _ underscore',
  '- item\n- item',
];

describe('Chatwoot Markdown to WhatsApp marks', () => {
  it.each(TO_WHATSAPP)('%j becomes %j', (markdown, marks) => {
    expect(toWhatsAppMarks(markdown)).toBe(marks);
  });

  it.each(UNMARKED)('text without marks passes byte-identical: %j', (text) => {
    expect(toWhatsAppMarks(text)).toBe(text);
  });
});

describe('WhatsApp marks to Chatwoot Markdown', () => {
  it.each(TO_CHATWOOT)('%j becomes %j', (marks, markdown) => {
    expect(toChatwootMarkdown(marks)).toBe(markdown);
  });

  it.each(UNMARKED)('text without marks passes byte-identical: %j', (text) => {
    expect(toChatwootMarkdown(text)).toBe(text);
  });
});

describe('properties of both directions', () => {
  let seed = 20_251;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % below;
  };
  const pick = (from: readonly string[]): string => from[next(from.length)] ?? '';
  const words = ['olá', 'pedido', '42', 'ação', 'https://example.com/a_b?c=*d*e', '{{nome_x}}', '😀', 'ok'];
  const phrase = (): string => Array.from({ length: 1 + next(4) }, () => pick(words)).join(' ');

  it('marked phrases come back the same after a round trip', () => {
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: 1 + next(4) }, () => {
        const mark = pick(['', '', '*', '_', '~']);
        return `${mark}${phrase()}${mark}`;
      }).join(pick([' ', '\n', ', ']));
      expect(toWhatsAppMarks(toChatwootMarkdown(text)), text).toBe(text);
    }
  });

  it('no input throws, loses its letters or takes longer than its length allows', () => {
    const bits = [
      '*',
      '**',
      '***',
      '_',
      '__',
      '~~',
      '`',
      '```',
      '[',
      '](',
      ')',
      '\\',
      '\n',
      '\n\n',
      ' ',
      'a',
      'é',
      '<',
      '>',
      '{{',
      '}}',
      'http://x.y/',
    ];
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: next(40) }, () => pick(bits)).join('');
      const letters = text.replace(/[^aé]/g, '');
      expect(toWhatsAppMarks(text).replace(/[^aé]/g, ''), text).toBe(letters);
      expect(toChatwootMarkdown(text).replace(/[^aé]/g, ''), text).toBe(letters);
    }
  });

  it.each(['**a ', '*a ', '_a* ', '`', '[', '[a](', '![', '<http://', 'a** ', '{{', '\\'])(
    '150,000 characters of %j are read in under a second',
    (bit) => {
      const text = bit.repeat(Math.floor(150_000 / bit.length));
      const started = performance.now();
      toWhatsAppMarks(text);
      toChatwootMarkdown(text);
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});
