/** Who hands the files of a built frontend to browsers: the app, or nobody. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { isWithin, joinPath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { Framework } from '../../support/frameworks/index.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import { argumentsOf, type PythonModule, qualify } from '../code/module.js';
import { writtenPath } from '../code/written-paths.js';
import type { FrontendFacts } from '../facts.js';
import type { Project } from '../project.js';
import { imageBuild } from './image-build.js';
import { answersOtherSites } from './other-sites.js';

/** Calls that hand out files, and settings and arguments that say where such files lie. */
const HANDS_OUT =
  /^(\w*StaticFiles|FileResponse|send_from_directory|send_file|WhiteNoise|SharedDataMiddleware|static_folder|template_folder|STATICFILES_DIRS|WHITENOISE_ROOT|DJANGO_VITE\w*)$/;

/** Words that say that other files are handed out. */
const OTHERS = /upload|media|avatar|attachment|download|export|audio|video|image|photo|picture|thumb|clip|report/i;

/** Packages that bring a frontend's files into pages. */
const INTEGRATIONS = /(^|-)(vite|inertia|webpack-loader|webpack|manifest-loader)(-|$)/;

/** Packages that hand out the files of directories that the app names, whoever made them. */
const OF_ANY_FILES = /^(whitenoise|servestatic)$/;

/** What of an output's path says little: many directories have such names. */
const COMMON = /^(public|static|assets|out|browser)$/;

/** Files beside a package.json that publish what is built there. */
const PUBLISHES =
  /^(Dockerfile.*|.*\.Dockerfile|nginx.*\.conf|vercel\.json|netlify\.toml|firebase\.json|wrangler\.(toml|jsonc?))$/;

/** Who hands out the files: a line of the app, or another than the app. */
export type Served = Pick<FrontendFacts, 'served' | 'apart'>;

/**
 * Finds the line that serves a frontend's files. A finding without a value: it has a server of its own. Fails when there
 * is no such line and nothing says that they are published without the app, for then the frontend would be built for
 * nothing; an output that is configured is not asked about.
 */
export async function detectServed(
  project: Project,
  framework: Framework,
  { output, made, server, root, placed = [] }: FrontendFacts,
  dependencies: readonly Dependency[],
): Promise<Finding<Served>> {
  if (server || output.place.key !== undefined) return found<Served>(undefined);
  // Where the app's own image has them is where the app looks for them.
  const directories = [...outputsOf(output, made), ...placed.map(one => ({ ...one, value: one.value.to }))];
  for (const { value, place } of directories) {
    const inPackage = /(^|\/)(static|staticfiles|templates|wwwroot)(\/|$)/.exec(value);
    if (inPackage) return found({ served: { value: inPackage[2]!, place, why: 'built into the files of the app' } });
  }
  const inSource = (line: Sourced<string>) => ({
    ...line,
    place: { ...line.place, file: resolvePath(project.root, line.place.file) },
  });
  const named = directories.flatMap(
    ({ value }) => lineThatNames(project, value) ?? lineThatNamesPackage(project, value) ?? [],
  );
  const [name] = named;
  if (name) return found({ served: inSource(name) });
  // What says who publishes this frontend counts before a line that may hand out any files.
  const published = (await imageBuild(project.source, root))?.published;
  if (published) return found({ apart: published });
  const line = lineThatHandsOut(
    project,
    directories.map(({ value }) => value),
  );
  if (line) return found({ served: inSource(line) });
  const served = (packages: RegExp) => {
    const one = dependencies.find(({ name, group }) => group === 'main' && packages.test(name));
    return one && found({ served: inSource({ value: one.name, place: one.place, why: 'is a dependency' }) });
  };
  const integration = served(INTEGRATIONS);
  if (integration) return integration;
  // No line of the app names what is built: what hands out any files then has others.
  const apart = publishedApart(project, root);
  if (apart) return found({ apart });
  const handedOut = served(OF_ANY_FILES);
  if (handedOut) return handedOut;
  const asked = root === '' ? undefined : answersOtherSites(project.modules);
  if (asked) return found({ apart: { ...inSource(asked), value: 'apart' } });
  return failed(
    diagnose(
      'QS410',
      { output: output.value, example: frameworkOf(framework).handsOut(output.value) },
      { file: joinPath(root, 'package.json') },
    ),
  );
}

/** The output, or the directories with what is made where that has other things in it as well. */
function outputsOf(output: Sourced<string>, made: readonly string[] | undefined): readonly Sourced<string>[] {
  if (made === undefined || output.value !== '') return [output];
  const directories = made.map(pattern => pattern.replace(/(^|\/)[^/]*$/, '')).filter(directory => directory !== '');
  return [...new Set(directories)].map(value => ({ ...output, value }));
}

/** What says that a frontend is published without the app: files for that beside it, or that it lies beside the app itself. */
function publishedApart({ source, root: app }: Project, root: string): Sourced<string> | undefined {
  const file = source.paths.find(
    path => path.startsWith(joinPath(root, '')) && PUBLISHES.test(path.slice(joinPath(root, '').length)),
  );
  if (file !== undefined && root !== '')
    return { value: 'apart', place: { file }, why: 'publishes it without the app' };
  return !isWithin(root, app)
    ? { value: 'apart', place: { file: root }, why: `lies beside ${app}, which names none of its files` }
    : undefined;
}

/** A text in the code that ends as the output's path does: `../frontend/dist`, or `dist` joined to a directory. */
function lineThatNames({ modules }: Project, output: string): Sourced<string> | undefined {
  const parts = output.split('/');
  const wanted = parts.filter(part => !COMMON.test(part) && !part.startsWith('.')).slice(-1);
  const names = new Set(wanted.length > 0 ? wanted : parts.slice(-1));
  for (const { isTest, path, statements } of modules) {
    if (isTest) continue;
    for (const { tokens } of statements) {
      const token = tokens.find(({ kind, text }) => kind === 'string' && text.split('/').some(part => names.has(part)));
      if (token && token.text.length < 200)
        return { value: token.text, place: { file: path, line: token.line }, why: 'named in the code' };
    }
  }
  return undefined;
}

/** A call that hands out the files of packages by their names, which is Starlette's: `StaticFiles(packages=["shop.pages"])`. */
function lineThatNamesPackage({ modules, root }: Project, output: string): Sourced<string> | undefined {
  for (const { isTest, path, statements } of modules) {
    if (isTest) continue;
    for (const { tokens, line } of statements) {
      const at = tokens.findIndex(({ kind, text }) => kind === 'name' && text.endsWith('StaticFiles'));
      if (at < 0 || tokens[at + 1]?.text !== '(') continue;
      const named = argumentsOf(tokens, at + 1).find(({ keyword }) => keyword === 'packages')?.tokens ?? [];
      const own = named.find(
        ({ kind, text }) => kind === 'string' && isWithin(output, resolvePath(root, text.replaceAll('.', '/'))),
      );
      if (own) return { value: own.text, place: { file: path, line }, why: 'named in the code' };
    }
  }
  return undefined;
}

/** A call or a setting that hands out files of a directory which only the running code knows. */
function lineThatHandsOut({ modules, root }: Project, outputs: readonly string[]): Sourced<string> | undefined {
  // What the code puts together is known where its parts are.
  const leadsElsewhere = (directory: PythonModule['statements'][number]['tokens'], module: PythonModule) => {
    const [only, ...others] = directory.filter(({ kind, text }) => !(kind === 'op' && /^[[\],]$/.test(text)));
    const isName = only?.kind === 'name' && others.length === 0;
    const path = isName ? writtenPath([only], module, modules) : undefined;
    if (!path || path.startsWith('/')) return false;
    const inSource = resolvePath(root, path);
    return outputs.every(output => !isWithin(output, inSource) && !isWithin(inSource, output));
  };
  for (const module of modules) {
    if (module.isTest) continue;
    for (const { tokens, line } of module.statements) {
      if (/^(import|from|def|class)$/.test(tokens[0]?.text ?? '') || tokens.some(({ text }) => OTHERS.test(text)))
        continue;
      const at = tokens.findIndex(({ kind, text }) => kind === 'name' && HANDS_OUT.test(lastOf(qualify(module, text))));
      const directory = at < 0 ? [] : directoryAt(tokens, at);
      if (!isComputed(directory) || leadsElsewhere(directory, module)) continue;
      return { value: tokens[at]!.text, place: { file: module.path, line }, why: 'hands out files' };
    }
  }
  return undefined;
}

/** What stands for the directory: the argument of a call, or the value of an argument or a setting. */
function directoryAt(tokens: PythonModule['statements'][number]['tokens'], at: number) {
  if (tokens[at + 1]?.text === '(') {
    const parts = argumentsOf(tokens, at + 1);
    return (parts.find(({ keyword }) => /^(directory|root|path)$/.test(keyword ?? '')) ?? parts[0])?.tokens ?? [];
  }
  const value = tokens.slice(at + 2);
  const end = value.findIndex(({ text }) => text === ',' || text === ')');
  return value[0]?.text === '[' || end < 0 ? value : value.slice(0, end);
}

/** Whether an expression has names in it and no text but keys such as `["DIST"]`: a written directory would be the output. */
function isComputed(tokens: PythonModule['statements'][number]['tokens']): boolean {
  const names = tokens.some(({ kind, text }) => kind === 'name' && text !== 'None');
  return names && !tokens.some(({ kind, text }) => kind === 'string' && !/^[A-Z][A-Z0-9_]*$/.test(text));
}

function lastOf(name: string): string {
  return name.split('.').at(-1)!;
}
