/**
 * Every setting of the Hub: its name, meaning, default and limits; the one place that reads `process.env`.
 * Not its job: keeping secrets safe after they are read, or changing a setting while the Hub runs.
 */
export { readSettings, SettingsProblem, type Settings, type Role, type LogLevel } from './read-settings.ts';
export { renderEnvExample, renderSettingsPage } from './render-settings.ts';
