const words = { full: 'yes', partial: 'partly', fallback: 'notice', none: '–' };
const meaning = [
  ['yes', '`full`: as the sender made it'],
  ['partly', '`partial`: with limits, named in the README of the provider'],
  ['notice', '`fallback`: a short notice says what came; the raw event is kept'],
  ['–', '`none`: the gateway cannot'],
];
const directions = {
  inbound: 'Inbound (WhatsApp → Chatwoot)',
  outbound: 'Outbound (Chatwoot → WhatsApp)',
  receipts: 'Receipts',
};

const row = (cells) => `| ${cells.join(' | ')} |`;

/** The text of `docs/reference/providers.md`. */
export function renderCapabilityTable(providers, lines) {
  const ids = providers.map(({ id }) => id);
  const sections = Object.entries(directions).map(([direction, title]) => {
    const kinds = [...new Set(lines.filter((line) => line.direction === direction).map(({ kind }) => kind))];
    const level = (kind, provider) =>
      lines.find((line) => line.direction === direction && line.kind === kind && line.provider === provider)?.level;
    return [
      `## ${title}`,
      '',
      row(['kind', ...ids]),
      row(['---', ...ids.map(() => '---')]),
      ...kinds.map((kind) => row([kind, ...ids.map((id) => words[level(kind, id)] ?? level(kind, id) ?? '')])),
    ].join('\n');
  });
  const legend = meaning.map(([word, sentence]) => `- **${word}**: ${sentence}`).join('\n');
  return `# What each provider can do\n\nMade by \`npm run generate\` from each provider's capability table; the conformance suite proves it.\nIt says what a gateway carries. What Chatwoot has no place for, such as a reaction or a removal, reaches the agent as a short notice.\n\n${sections.join('\n\n')}\n\n${legend}\n`;
}
