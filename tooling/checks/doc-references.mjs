import { dirname, posix } from 'node:path';

const isDoc = (file) => /^(README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\.md$/.test(file) || /^docs\/.*\.md$/.test(file);
const inBackticks = /`([^`\n]+)`/g;
const linked = /\]\((?!https?:|mailto:|#)([^)\s]+)\)/g;
/** A path, and nothing that only looks like one: a placeholder, a glob, an address, a command. */
const looksLikePath =
  /^(?:[\w.@-]+\/)*[\w.@-]+\.(?:ts|tsx|mjs|cjs|sql|prisma|json|md|yaml)$|^(?:server|sdk|web|embed-script|prisma|tests|tooling|docs|\.ci)\/[\w./@-]*$/;

const holds = (tree, folders, path) => {
  const plain = path.replace(/\/$/, '');
  return (
    tree.files.includes(plain) ||
    folders.has(plain) ||
    tree.files.some((file) => file.endsWith(`/${plain}`)) ||
    [...folders].some((folder) => folder.endsWith(`/${plain}`))
  );
};

export const docReferences = {
  name: 'doc references',
  find(tree) {
    const folders = new Set();
    for (const file of tree.files)
      for (let folder = dirname(file); folder !== '.' && folder !== '/'; folder = dirname(folder)) folders.add(folder);
    return tree.files.filter(isDoc).flatMap((file) => {
      const text = tree.text(file).replaceAll(/^```[\s\S]*?^```/gm, '');
      const cited = [...text.matchAll(inBackticks)].flatMap(([, path = '']) => (looksLikePath.test(path) ? [path] : []));
      const links = [...text.matchAll(linked)].map(([, target = '']) =>
        posix.normalize(posix.join(posix.dirname(file), target.replace(/#.*$/, ''))),
      );
      return [
        ...new Set([
          ...cited.filter((path) => !holds(tree, folders, path)),
          ...links.filter((path) => path !== posix.dirname(file) && !tree.files.includes(path) && !folders.has(path.replace(/\/$/, ''))),
        ]),
      ].map((path) => ({
        file,
        problem: `cites "${path}", which does not exist`,
      }));
    });
  },
};
