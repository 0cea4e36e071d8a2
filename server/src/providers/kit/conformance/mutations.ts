const deep = (levels: number): unknown => {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { content: value };
  return value;
};

/** What a stranger may write where anything else was expected. */
export const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(20_000),
  '|'.repeat(300),
  [],
  {},
  [[null]],
  [{}],
  ['a', 'a'],
  JSON.parse('{"__proto__":{"id":"x"},"constructor":1,"toString":null,"length":-1}'),
  deep(5_000),
];

export const HOSTILE_BODIES: readonly unknown[] = [undefined, ...HOSTILE_VALUES, 'text', [{ EventType: 'messages' }], Number.NaN];

type Parent = Record<string, unknown> | unknown[];
interface Place {
  readonly parent: Parent;
  readonly name: string;
}

/** Calls `look` once per change: each place of the body in turn is replaced by each hostile value, and taken away. The body is restored after each. */
export function eachMutation(body: unknown, look: (what: string) => void): number {
  let count = 0;
  for (const place of placesOf(body)) {
    for (const [index, value] of HOSTILE_VALUES.entries()) {
      count += 1;
      change(place, value, () => look(`${place.name} = hostile value ${index}`));
    }
    if (Array.isArray(place.parent)) continue;
    count += 1;
    remove(place.parent, place.name, () => look(`${place.name} taken away`));
  }
  return count;
}

function change({ parent, name }: Place, value: unknown, during: () => void): void {
  const target = parent as Record<string, unknown>;
  const before = target[name];
  target[name] = value;
  during();
  target[name] = before;
}

function remove(parent: Record<string, unknown>, name: string, during: () => void): void {
  const before = parent[name];
  delete parent[name];
  during();
  parent[name] = before;
}

function placesOf(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Parent;
  return Object.keys(parent).flatMap((name) => [{ parent, name }, ...placesOf((parent as Record<string, unknown>)[name])]);
}
