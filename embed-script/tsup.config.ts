/** One file for a script tag on somebody else's page: no module system, no dependency, old enough syntax for any agent's browser. */
export default {
  entry: { 'whatpro-hub': 'src/index.ts' },
  format: ['iife'],
  target: 'es2019',
  minify: true,
  sourcemap: true,
  clean: true,
  dts: false,
  outExtension: () => ({ js: '.js' }),
};
