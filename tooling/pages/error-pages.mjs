const kinds = {
  invalid: 'What was sent does not fit. Sending it again unchanged will not help.',
  unauthenticated: 'Nobody is signed in, or the credential has ended. Sign in again.',
  forbidden: 'The signed-in person or key may not do this.',
  not_found: 'There is no such thing, or it is not yours to see: the answer is the same.',
  conflict: 'It clashes with what is there. Read the current state and decide again.',
  limit_reached: 'A limit or quota is used up. Wait as long as `Retry-After` says, or raise the limit.',
  precondition: 'Something else must be done first.',
  unavailable: 'An outside system or a part of the Hub cannot answer now. Try again later.',
};

const isEntry = (value) =>
  typeof value === 'object' &&
  value !== null &&
  typeof value.code === 'string' &&
  value.code.includes('/') &&
  value.kind in kinds &&
  typeof value.message === 'string';
const isCatalogue = (value) =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0 && Object.values(value).every(isEntry);

const section = ({ code, kind, message }) => `## \`${code}\`\n\n${message}\n\n*${kind}*: ${kinds[kind]}\n`;

/** The pages of `docs/errors`: one per room, one section per code, from the catalogues that the contract exports. */
export function renderErrorPages(contract) {
  const rooms = new Map();
  for (const entry of Object.values(contract).filter(isCatalogue).flatMap(Object.values)) {
    const room = entry.code.slice(0, entry.code.indexOf('/'));
    rooms.set(room, new Map(rooms.get(room)).set(entry.code, entry));
  }
  return Object.fromEntries(
    [...rooms]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([room, entries]) => [
        `docs/errors/${room}.md`,
        `# Errors of ${room}\n\nMade by \`npm run generate\` from the contract.\n\n${[...entries.values()].map(section).join('\n')}`,
      ]),
  );
}
