/** Folders that are rooms: each has one door. */
const roomOf = /^(server\/src\/(?:(?:platform|modules|providers)\/[^/]+|bridge|chatwoot|asaas|sandbox)|sdk\/src\/contract)\//;
const opening = /^\/\*\*([\s\S]*?)\*\//;

function problemsWith(text) {
  const found = [];
  const comment = opening
    .exec(text)?.[1]
    ?.replaceAll(/^\s*\*/gm, '')
    .trim();
  if (comment === undefined) return ['a door opens with a comment: what this room is for, and what is not its job'];
  if ((comment.match(/[.!?](\s|$)/g) ?? []).length < 2) found.push('two sentences: what this room is for, and what is not its job');
  if (!/\bnot its job\b/i.test(comment)) found.push('say what is not the job of this room ("Not its job: …")');
  if (/^\s*export\s+(type\s+)?\*/m.test(text)) found.push('a door names what it exports; no `export *`');
  if (/^\s*export\s+default\b/m.test(text)) found.push('named exports only');
  return found;
}

export const doors = {
  name: 'doors',
  find(tree) {
    const rooms = new Set(tree.files.flatMap((file) => roomOf.exec(file)?.[1] ?? []));
    return [...rooms].flatMap((room) => {
      const file = `${room}/index.ts`;
      if (!tree.files.includes(file)) return [{ file, problem: 'this room has no door' }];
      return problemsWith(tree.text(file)).map((problem) => ({ file, problem }));
    });
  },
};
