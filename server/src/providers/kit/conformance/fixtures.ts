import { readdirSync, readFileSync } from 'node:fs';

/** One recorded delivery and what it must mean. The file's name says what happened. */
export interface Fixture {
  readonly name: string;
  readonly description: string;
  readonly delivery: { readonly headers?: Readonly<Record<string, string>>; readonly body: unknown };
  /** `parseWebhook`'s whole answer as JSON: times in ISO 8601. */
  readonly expected: unknown;
  /** Another fixture that tells the same fact in another dressing: the keys must be equal. */
  readonly sameFactAs?: string;
}

/** Reads every `*.json` of a folder, by name. */
export function readFixtures(folder: URL): readonly Fixture[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => {
    const fixture = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Omit<Fixture, 'name'>;
    return { ...fixture, name: name.replace(/\.json$/, '') };
  });
}
