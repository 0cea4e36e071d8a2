/** Nothing that is true on one machine only, and no credential of a package registry. */
const patterns = [
  { pattern: /(^|[\s"'`(=:])\/(?:work|root|Users|home\/[a-z][\w-]*)\/[\w.-]+/m, problem: 'a path of one machine' },
  { pattern: /(^|[\s"'`(])(?:\.\.\/)+shared\//m, problem: 'a path outside the project' },
  { pattern: /\/tmp\/(?:brief|bash_jobs)/, problem: 'a path of one machine' },
  {
    pattern: /\b(?:npm|pypi|registry|mirror|artifactory|nexus|verdaccio)[\w-]*(?:\.[\w-]+)+(?::\d+)?\/[\w@-]+/,
    problem: 'a package registry host',
  },
  { pattern: /_auth(?:Token)?\s*=|\btarball:\s*http/, problem: 'a package registry address or credential' },
];
/** This file and its tests must spell the words out. Recorded payloads are other people's text, already redacted. */
const exempt = /^tooling\/checks\/(machine-words\.mjs|plants\.ts)$|\/captures\/|\.(png|woff2?|br|ico)$/;

export const machineWords = {
  name: 'machine words',
  find: (tree) =>
    tree.files
      .filter((file) => !exempt.test(file))
      .flatMap((file) =>
        patterns.flatMap(({ pattern, problem }) => {
          const found = pattern.exec(tree.text(file));
          return found === null ? [] : [{ file, problem: `${problem}: ${found[0].trim()}` }];
        }),
      ),
};
