/** Programs that a build of the frontend runs, that no package of its brings, and that whoever builds it installs for the whole machine. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { DOCKERFILES } from '../files/app-dockerfile.js';
import { readInstructions } from '../files/dockerfile-instructions.js';
import type { PackageJson } from '../files/package-json.js';
import { programsOfScript } from '../files/package-scripts.js';
import { programsOf, type RunProgram } from '../files/runners.js';
import { readImageCommand } from '../files/web-command.js';

/** Packages whose programs have another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  ng: '@angular/cli',
  grunt: 'grunt-cli',
  gulp: 'gulp-cli',
  tsc: 'typescript',
  vue: '@vue/cli',
  webpack: 'webpack-cli',
};

/** Finds them as they are written to be installed: `sass`, `gulp-cli@2`. What the project declares is not among them. */
export async function globalTools(
  source: Tree,
  file: PackageJson,
  scripts: readonly string[],
): Promise<readonly Sourced<string>[]> {
  const run = (await Promise.all(scripts.map(script => programsOfScript(file.scripts, script)))).flat();
  const wanted = new Set(run.map(({ name }) => PACKAGES[name] ?? name).filter(name => !file.dependencies.has(name)));
  if (wanted.size === 0) return [];
  const found = new Map<string, Sourced<string>>();
  for (const path of source.paths.filter(candidate => DOCKERFILES.test(candidate))) {
    for (const { line, ...body } of readInstructions((await source.read(path)) ?? '')) {
      if (body.kind !== 'run') continue;
      const { commands } = await readImageCommand(body.command, {});
      for (const command of commands) {
        for (const spec of (await programsOf(command)).flatMap(installedGlobally)) {
          const name = spec.replace(/(?<=.)@[^@/]*$/, '');
          const place = { file: path, line: line + command.line };
          if (wanted.has(name) && !found.has(name))
            found.set(name, { value: spec, place, why: 'as it is installed there' });
        }
      }
    }
  }
  return [...found.values()];
}

/** `npm install -g sass`, `yarn global add gulp-cli`. */
function installedGlobally({ program, args }: RunProgram): readonly string[] {
  const words = args.map(({ text }) => text);
  const isGlobal = words.some(word => /^(-g|--global|global)$/.test(word));
  const isInstall = words.some(word => /^(install|i|add)$/.test(word));
  if (!/^(npm|yarn|pnpm|bun)$/.test(program) || !isGlobal || !isInstall) return [];
  return args.flatMap(({ text, isKnown }) =>
    isKnown && !/^(-.*|install|i|add|global)$/.test(text) && /^(@[\w.-]+\/)?[\w.-]+(@[\w.^~-]+)?$/.test(text)
      ? [text]
      : [],
  );
}
