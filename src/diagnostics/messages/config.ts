/** Messages about quayside.yaml. */
import { message } from '../message.js';

/** What stands where another value belongs; text, numbers and booleans with what they are. */
export type Written =
  | { readonly type: 'nothing' | 'mapping' | 'list' }
  | { readonly type: 'text' | 'number' | 'boolean'; readonly value: string };

/** A value that the schema refuses: that of a key, of the whole file, or a key that is none. */
export type Misfit =
  | { readonly kind: 'value'; readonly key: string; readonly written: Written; readonly expected: string }
  | { readonly kind: 'file'; readonly file: string; readonly written: Written; readonly expected: string }
  | { readonly kind: 'key'; readonly key: string; readonly expected: string };

/** What a file goes beyond. */
type FileLimit = { readonly lines: number; readonly bytes: number } | { readonly depth: number };

const limitWords = (limit: FileLimit): string =>
  'depth' in limit
    ? `brackets and lists in each other at most ${limit.depth} times`
    : `at most ${limit.lines} lines and ${limit.bytes / 1024} kB`;

export const CONFIG_MESSAGES = {
  QS101: message<{ readonly file: string; readonly line: number; readonly said: string }>({
    title: 'quayside.yaml is not valid YAML',
    about: 'The file could not be parsed. The message carries what the YAML parser said about the first error.',
    words: ({ file, line, said }) => ({
      problem: `${file} is not valid YAML: ${said}`,
      expected: 'YAML with one mapping at its top',
      fix: `correct line ${line}; indentation counts, and text with ": " or "#" in it needs quotes`,
    }),
  }),
  QS102: message<{
    readonly key: string;
    readonly near: string | undefined;
    readonly known: readonly string[];
    /** What else could stand there. */
    readonly otherwise?: string;
  }>({
    title: 'Unknown key in quayside.yaml',
    about: 'A key is not part of the schema. The closest known key is offered when there is one.',
    words: ({ key, near, known, otherwise }) => ({
      problem: `unknown key "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      expected: `one of ${known.join(', ')}${otherwise === undefined ? '' : `, or ${otherwise}`}`,
      fix:
        near === undefined
          ? 'remove it, or look the key up in docs/quayside.schema.json'
          : `rename it to "${near}" or remove it`,
    }),
  }),
  QS103: message<Misfit>({
    title: 'Wrong value in quayside.yaml',
    about: 'The value of a key has another type or form than the schema asks for.',
    words: data => {
      switch (data.kind) {
        case 'value':
          return {
            problem: `${data.key} is ${inWords(data.written)}`,
            expected: data.expected,
            fix: `change ${data.key}, or leave it out to have it detected`,
          };
        case 'file':
          return {
            problem: `${data.file} is ${inWords(data.written)}`,
            expected: data.expected,
            fix: 'write "key: value" lines, or leave the file empty to have everything detected',
          };
        case 'key':
          return {
            problem: `${data.key} is not a usable key`,
            expected: data.expected,
            fix: `change ${data.key}, or leave it out to have it detected`,
          };
      }
    },
  }),
  QS104: message<{ readonly directory: string }>({
    title: 'The configured app directory has no files',
    about: '`root` in quayside.yaml names a directory in which no file was found.',
    words: ({ directory }) => ({
      problem: `there are no files in "${directory}"`,
      expected: 'the directory of the app, relative to quayside.yaml',
      fix: 'correct root, or remove it when the app lies beside quayside.yaml',
    }),
  }),
  QS105: message<{ readonly directory: string; readonly outer: string; readonly inner: string }>({
    title: 'The configured app directory points on',
    about: '`root` leads to a directory whose own quayside.yaml has a `root` again. One step is followed, not two.',
    words: ({ directory, outer, inner }) => ({
      problem: `root leads to "${directory}", whose own quayside.yaml has a root again`,
      expected: 'root in one of the two files only',
      fix: `write the whole path in ${outer} and remove root from ${inner}`,
    }),
  }),
  QS106: message<{ readonly said: string }>({
    title: 'quayside.lock cannot be read',
    about:
      'The lock file is not what `lock` writes: JSON with the digest of each image, and the versions of Debian packages.',
    words: ({ said }) => ({
      problem: `quayside.lock cannot be read: ${said}`,
      expected: 'what `./quayside lock` writes: { "lockVersion": 1, "images": { "REFERENCE": "sha256:…" } }',
      fix: 'take it from git as it was, or delete it and run `./quayside lock`',
    }),
  }),
  QS107: message<{ readonly image: string }>({
    title: 'An image is not locked',
    about: 'With --frozen, everything starts from images that quayside.lock names by digest.',
    words: ({ image }) => ({
      problem: `quayside.lock does not say which ${image} is meant`,
      expected: 'with --frozen, a digest for every image that the plan names',
      fix: 'run `./quayside lock` and commit quayside.lock',
    }),
  }),
  QS108: message<{ readonly file: string } & FileLimit>({
    title: 'A file of settings is longer than people write them',
    about:
      'Settings are read as a whole and more than once. A file of this length was made by a program, and would be read for minutes.',
    words: ({ file, ...limit }) => ({
      problem: `${file} is too ${'depth' in limit ? 'deep' : 'long'} to be read`,
      expected: `settings as people write them: ${limitWords(limit)}`,
      fix: `move what is data to a file of another name, or leave ${file} out of the source`,
    }),
  }),
  QS109: message<{ readonly file: string } & FileLimit>({
    title: 'A file that might have said something was not read',
    about:
      'Detection looks for evidence in files that people write. One of this length was made by a program and is passed over, which is said where an app is not understood: what is missing may stand in it.',
    words: ({ file, ...limit }) => ({
      problem: `${file} was not read: what is missing may stand in it`,
      expected: `a file as people write it: ${limitWords(limit)}`,
      fix: `move what is data to a file of another name, or write what is missing in quayside.yaml`,
    }),
  }),
  QS118: message<{ readonly image: string; readonly names: string; readonly platform?: string }>({
    title: 'A Debian package is not locked',
    about: 'With --frozen, Debian packages are installed in the versions that quayside.lock names, and no others.',
    words: ({ image, names, platform }) => ({
      problem: `quayside.lock has no version of ${names.replaceAll(',', ' or ')} on ${image}${platform === undefined ? '' : ` for ${platform}`}`,
      expected: 'with --frozen, a version of every Debian package that is installed',
      fix: 'run `./quayside lock` and commit quayside.lock',
    }),
  }),
  QS119: message<{ readonly name: string; readonly there: string; readonly locked: string }>({
    title: 'A locked version of a Debian package is gone',
    about:
      "Debian's archive holds the newest version of a package alone, and --frozen takes the one in quayside.lock alone. Without --frozen the newest is taken where the locked one is gone.",
    words: ({ name, there, locked }) => ({
      problem: `${name} is ${there} today, and quayside.lock has ${locked}`,
      expected: 'with --frozen, the locked version of every Debian package',
      fix: 'run `./quayside lock --upgrade`, look at what changes, and commit quayside.lock',
    }),
  }),
  QS120: message<{ readonly file: string; readonly is: 'directory' | 'nothing' }>({
    title: 'A file of settings is none',
    about:
      'quayside.yaml, quayside.lock or .dockerignore is a directory, or a link that leads to no file of the source. Docker makes such a directory where a file was to be mounted that was not there. To go on without would be to build another app than the one that is meant.',
    words: ({ file, is }) => ({
      problem: is === 'directory' ? `${file} is a directory` : `${file} is a link that leads to no file of the source`,
      expected: `a file, or no ${file} at all`,
      fix: `remove it, or put the file there that is meant: \`rm -r ${file}\`, and \`git checkout -- ${file}\` where git has it`,
    }),
  }),
};

function inWords(written: Written): string {
  switch (written.type) {
    case 'nothing':
      return 'empty';
    case 'mapping':
    case 'list':
      return `a ${written.type}`;
    case 'text':
      return `the text "${written.value}"`;
    case 'number':
    case 'boolean':
      return `the ${written.type} ${written.value}`;
  }
}
