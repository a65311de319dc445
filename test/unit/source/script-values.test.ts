/** Directories that configuration files name. */
import { describe, expect, it } from 'vitest';
import { directoryIn } from '../../../src/source/script-values.js';

const outDir = (value: string, before = '') =>
  `${before}export default defineConfig({ build: { outDir: ${value} } });\n`;
const within = (text: string) => directoryIn({ path: 'ui/vite.config.ts', text }, { key: 'outDir', within: 'build' });
const valueIn = (text: string) => {
  const found = within(text);
  return typeof found === 'object' ? found.value : found;
};

describe('the directory of build.outDir', () => {
  it.each<readonly [string, string]>([
    ['a text', outDir("'site'")],
    ['a template', outDir('`site`')],
    ['resolved', outDir("path.resolve(__dirname, 'site')")],
    ['resolved by the function alone', outDir("resolve('site')")],
    ['joined', outDir("join(import.meta.dirname, 'site')")],
    ['joined to the working directory', outDir("path.join(process.cwd(), 'site')")],
    ['an address', outDir("fileURLToPath(new URL('site', import.meta.url))")],
    ['the path of an address', outDir("new URL('site', import.meta.url).pathname")],
    ['beside the file', outDir("path.join(path.dirname(fileURLToPath(import.meta.url)), 'site')")],
    ['a constant', outDir('target', "const target = path.resolve(here, 'site');\nconst here = '.';\n")],
    ['a template with a constant', outDir('`${name}`', "const name = 'site';\n")],
    ['a sum', outDir("__dirname + '/site'")],
    ['with a type', outDir("'site' as string")],
    ['a member of a constant', outDir('paths.out', "const paths = { out: path.resolve(__dirname, 'site') };\n")],
    ['one of two that are the same', outDir("isProduction ? 'site' : 'site'")],
    ['in a variable with another name', `const options = { outDir: 'site' };\nexport default { build: options };`],
    [
      'in a variable that is taken in',
      `const options = { outDir: 'site' };\nexport default { build: { ...options } };`,
    ],
    ['a key in quotes', `export default { build: { 'outDir': 'site' } };`],
    ['of a function', `export default defineConfig(({ mode }) => ({ base: mode, build: { outDir: 'site' } }));`],
    ['in a part with a name', `const build: BuildOptions = { outDir: 'site' };\nexport default { build };`],
    ['given later', `const config = { build: {} };\nconfig.build.outDir = 'site';`],
    ['twice the same', `export default m ? { build: { outDir: 'site' } } : { build: { outDir: 'site' } };`],
    ['beside that of a plugin', `export default { plugins: [dts({ outDir: 'types' })], build: { outDir: 'site' } };`],
    ['beside a nested object', `export default { build: { rollupOptions: { input: {} }, outDir: 'site' } };`],
  ])('%s', (_, text) => {
    expect(valueIn(text)?.replaceAll('./', '')).toBe('site');
  });

  it.each<readonly [string, string]>([
    ['a variable of the environment', outDir('process.env.OUT')],
    ['one of two', outDir("mode === 'x' ? 'a' : 'b'")],
    ['a function of others', outDir("target('site')")],
    ['a parameter', `export default ({ outDir }) => ({ build: { outDir } });`],
    ['what is not constant', outDir('target', "let target = 'site';\n")],
    ['itself', outDir('target', 'const target = target;\n')],
    ['a part that is handed on', `const options = { outDir: 'site' };\nexport default make(options);`],
    ['two', `export default m ? { build: { outDir: 'a' } } : { build: { outDir: 'b' } };`],
  ])('is not known: %s', (_, text) => {
    expect(valueIn(text)).toBe('unknown');
  });

  it.each<readonly [string, string]>([
    ['nothing', 'export default {};'],
    ["a plugin's", `export default { plugins: [dts({ outDir: 'types' })], build: { minify: false } };`],
    ["a text's", `export default { define: { help: "build: outDir" } };`],
  ])('is not there: %s', (_, text) => {
    expect(valueIn(text)).toBeUndefined();
  });

  it.each<readonly [string, string]>([
    ['the mode', outDir("mode === 'production' ? 'site' : 'other'")],
    ['a constant of the mode', outDir("isDev ? 'other' : 'site'", "const isDev = mode !== 'production';\n")],
    ['the command', outDir("command == 'build' ? 'site' : 'other'")],
    ['the environment', outDir("process.env.NODE_ENV === 'production' ? 'site' : 'other'")],
    ['a variable that is set', outDir("process.env.OUT || 'other'")],
    ['one that is not', outDir("process.env.ELSE ?? 'site'")],
    ['a part of a path', outDir('`${process.env.OUT}`')],
  ])('is known by %s', (_, text) => {
    const known = new Map([
      ['mode', 'production'],
      ['command', 'build'],
      ['process.env.NODE_ENV', 'production'],
      ['process.env.OUT', 'site'],
    ]);
    expect(directoryIn({ path: 'vite.config.ts', text }, { key: 'outDir', within: 'build', known })).toMatchObject({
      value: 'site',
    });
  });

  it.each<readonly [string, string, string | undefined]>([
    ['a text', outDir("'site'"), undefined],
    ['what is joined', outDir("path.join('site', 'js')"), undefined],
    ['what begins with the directory of the file', outDir("path.join(__dirname, 'site')"), 'file'],
    ['an address', outDir("fileURLToPath(new URL('./site', import.meta.url))"), 'file'],
    ['what is resolved', outDir("path.resolve('site')"), 'working directory'],
  ])('is fixed, or for the tool to place: %s', (_, text, from) => {
    expect(within(text)).toMatchObject({ value: expect.stringContaining('site') });
    const found = within(text);
    expect(typeof found === 'object' ? found.from : found).toBe(from);
  });

  it('stands on the line of the key', () => {
    expect(within("export default {\n  build: {\n    outDir: resolve('site'),\n  },\n};\n")).toMatchObject({ line: 3 });
  });
});

it.each<readonly [string, string]>([
  ['a part of it', "module.exports = { test: { root: 'a' }, root: 'ui' };"],
  [
    'something else',
    "const paths = { root: 'a' }; const config = { root: 'ui' }; export default defineConfig(config);",
  ],
])('a key of the configuration itself is no key of %s', (_, text) => {
  expect(directoryIn({ path: 'vite.config.js', text }, { key: 'root' })).toEqual({ value: 'ui', line: 1 });
});
