import { isTest } from './project-tree.mjs';

const title = /(?:^|[^.\w])(?:test|it)(?:\.\w+)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;

export const testTitles = {
  name: 'test titles',
  find: (tree) =>
    tree.files.filter(isTest).flatMap((file) => {
      const seen = new Set();
      return [...tree.text(file).matchAll(title)].flatMap(([, , name = '']) => {
        if (!seen.has(name)) return seen.add(name) && [];
        return [{ file, problem: `two tests are called "${name}"` }];
      });
    }),
};
