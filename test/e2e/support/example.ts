/** Copies of the example app, and of Quayside itself, to break. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LAUNCHER, ROOT } from '../../engine/cli/quayside-process.js';

export const EXAMPLE = join(ROOT, 'examples/flask-stream');

/** A directory for one file of tests. */
export interface Scratch {
  readonly dir: string;
  /** A copy of the example under this name. */
  example(name: string): Checkout;
  /** A copy of Quayside with its own catalogue of services. */
  quayside(name: string): Checkout & { readonly launcher: string };
  remove(): void;
}

export interface Checkout {
  readonly path: string;
  /** Replaces text in a file; throws when it is not there, so that a test never breaks nothing. */
  replace(file: string, text: string, by: string): void;
  append(file: string, text: string): void;
  write(file: string, text: string): void;
  read(file: string): string;
}

/** Makes a scratch directory. */
export function makeScratch(): Scratch {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
  return {
    dir,
    example(name) {
      cpSync(EXAMPLE, join(dir, name), { recursive: true });
      return checkout(join(dir, name));
    },
    quayside(name) {
      const path = join(dir, name);
      for (const part of ['cli', 'compose', 'docker', 'engine', 'images', 'src', 'package.json', 'package-lock.json'])
        cpSync(join(ROOT, part), join(path, part), { recursive: true });
      cpSync(join(ROOT, 'tsconfig.json'), join(path, 'tsconfig.json'));
      cpSync(LAUNCHER, join(path, 'quayside'));
      symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
      return { ...checkout(path), launcher: join(path, 'quayside') };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function checkout(path: string): Checkout {
  const read = (file: string): string => readFileSync(join(path, file), 'utf8');
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  };
  return {
    path,
    read,
    write,
    append: (file, text) => write(file, `${read(file)}${text}`),
    replace(file, text, by) {
      const before = read(file);
      if (!before.includes(text)) throw new Error(`${file} has no ${JSON.stringify(text)}`);
      write(file, before.replace(text, by));
    },
  };
}
