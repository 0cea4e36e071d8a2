import { settingList, type SettingDefinition } from './setting-list.ts';

const definitions = (): readonly SettingDefinition[] => Object.values(settingList);

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const blocks = definitions().map((setting) => {
    const fallback = setting.defaultInWords === undefined ? '' : ` Default: ${setting.defaultInWords}.`;
    return [
      ...wrapped(`${setting.description}${fallback}`, 100).map((line) => `# ${line}`),
      `#${setting.name}=${setting.byDefault ?? ''}`,
    ].join('\n');
  });
  return `# Every setting has a default: the Hub starts without this file. Copy it to .env and change what you need.\n# Made by \`npm run generate\`.\n\n${blocks.join('\n\n')}\n`;
}

/** The text of `docs/reference/settings.md`. */
export function renderSettingsPage(): string {
  const rows = definitions().map((setting) => {
    const fallback =
      setting.byDefault === undefined || setting.byDefault === '' ? (setting.defaultInWords ?? 'not set') : `\`${setting.byDefault}\``;
    return `| \`${setting.name}\` | ${setting.description} | ${fallback} | ${setting.secret === true ? 'yes' : ''} |`;
  });
  return `# Settings\n\nEnvironment variables, or a \`.env\` file beside \`package.json\`. Made by \`npm run generate\`.\n\n| Name | Meaning | Default | Secret |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
