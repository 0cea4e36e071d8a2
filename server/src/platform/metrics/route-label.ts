const MAX_ROUTES = 200;

/** Letters, parameters and separators only; at most a short number, as in `v1`. */
const isPattern = (route: string): boolean => route.length <= 120 && /^[\w/:.*{}-]*$/.test(route) && !/\d{3}/.test(route);

/** A segment that mixes letters and digits is an id or a token rather than a word of a route. */
const hasIdSegment = (route: string): boolean =>
  route
    .split('/')
    .some((part) => !part.startsWith(':') && (part.length > 40 || (/\d/.test(part) && !/^(?:v\d{1,2}|[a-z]+\d?)$/i.test(part))));

/** Keeps label values few and impersonal: what does not look like a pattern, or comes after the 200th, is `other`. */
export function createRouteLabels(): (route: string) => string {
  const known = new Set<string>();
  return (route) => {
    if (known.has(route)) return route;
    if (known.size >= MAX_ROUTES || !isPattern(route) || hasIdSegment(route)) return 'other';
    known.add(route);
    return route;
  };
}
