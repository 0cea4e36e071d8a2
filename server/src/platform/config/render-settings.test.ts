import { expect, test } from 'vitest';
import { readSettings } from './read-settings.ts';
import { renderEnvExample, renderSettingsPage } from './render-settings.ts';
import { settingList } from './setting-list.ts';

test('both pages name every setting, and the example without its comment signs is a valid environment', () => {
  const example = renderEnvExample();
  const environment: Record<string, string> = {};
  for (const line of example.split('\n')) {
    const [, name, value] = /^#([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) environment[name] = value ?? '';
  }
  expect(Object.keys(environment)).toEqual(Object.values(settingList).map((setting) => setting.name));
  expect(readSettings(environment)).toEqual(readSettings({}));
  for (const name of Object.keys(environment)) expect(renderSettingsPage()).toContain(`\`${name}\``);
});
