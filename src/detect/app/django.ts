/** What only Django projects have: static files to collect, and the list of names that a site is called by. */
import { publishedEnv } from '../../config/image-env.js';
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { EnvRead } from '../code/env-read.js';
import { argumentsOf, literalString, type PythonModule } from '../code/module.js';
import type { DjangoFacts, EntryPoint, GatewayFacts } from '../facts.js';
import type { Project } from '../project.js';
import { managePath } from '../python/manage-path.js';
import { assetCommands } from './asset-commands.js';
import { developersSettings, settingsInUse, testSettings } from './django-settings.js';
import { unservedMedia } from './media-files.js';
import { starsInUse } from './settings-choice.js';
import { unservedStatic } from './static-files.js';

/** What Django's part is found in. */
export interface DjangoSources {
  readonly project: Project;
  /** The project with the code that runs. */
  readonly used: Project;
  /** The app's own nginx: what it hands out is for its templates to say. */
  readonly gateway: GatewayFacts | undefined;
  readonly dependencies: readonly Dependency[];
}

/** Finds Django's part of the facts. */
export async function detectDjango(
  { project, used, gateway, dependencies }: DjangoSources,
  entry: EntryPoint | undefined,
  reads: readonly EnvRead[],
): Promise<DjangoFacts> {
  const hosts = reads.find(({ name }) => /(^|_)ALLOWED_HOSTS?$/.test(name));
  const served = publishedEnv(project.config).DJANGO_SETTINGS_MODULE ?? entry?.settings?.value;
  const collectStatic = detectCollectStatic(project, served);
  const names = hosts ? undefined : literalNames(project, served);
  const tests = await testSettings(project);
  const developers = developersSettings(project) ?? (entry?.settings && defined({ ...entry.settings, value: served! }));
  return defined({
    program: managePath(project),
    collectStatic,
    assets: collectStatic && unlessEmpty(await assetCommands(project, dependencies)),
    unserved: gateway ? undefined : await unservedStatic(used, collectStatic, served),
    media: gateway ? undefined : await unservedMedia(used, served),
    hosts: hosts && {
      value: hosts.name,
      place: { file: hosts.path, line: hosts.line },
      why: 'read by the code',
    },
    names,
    testSettings: tests?.value === served ? undefined : tests,
    // What is developed is started from what is tested.
    developers: developers?.value === (tests?.value ?? served) ? undefined : developers,
  });
}

/**
 * Says why no page would open in browser tests: a site that answers to certain names only answers any other with 400.
 * @param called names that the tests may call it by
 */
export function unknownHost({ names }: DjangoFacts, called: readonly string[]): Diagnostic | undefined {
  if (!names || called.some(name => names.value.some(pattern => answersTo(pattern, name)))) return undefined;
  return diagnose('QS605', { names: names.value, called: called[0]! }, names.place);
}

/** The rule of Django itself. */
function answersTo(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name || (pattern.startsWith('.') && `.${name}`.endsWith(pattern));
}

/** The names, when the settings spell all of them out; undefined when anything else has a say. */
function literalNames(project: Project, settings: string | undefined): Sourced<readonly string[]> | undefined {
  const module = project.modules.find(({ name }) => name === settings);
  const found = module && namesIn(module, project.modules);
  if (found !== undefined) return found === 'unclear' ? undefined : found;
  const isElsewhere = project.modules.some(
    ({ isTest, statements }) => !isTest && statements.some(({ tokens }) => tokens.some(isSetting)),
  );
  if (!module || isElsewhere) return undefined;
  return { value: [], place: { file: module.path }, why: 'ALLOWED_HOSTS is not set' };
}

/** What a settings module says of the names, after what it takes over from others with `import *`. */
function namesIn(
  module: PythonModule,
  modules: readonly PythonModule[],
): Sourced<readonly string[]> | 'unclear' | undefined {
  let names: ReturnType<typeof namesIn>;
  for (const star of starsInUse(module, modules)) {
    const base = modules.find(({ name }) => name === star);
    names = base ? (namesIn(base, modules) ?? names) : 'unclear';
  }
  for (const { tokens, indent, line } of module.statements) {
    if (tokens[0] === undefined || !isSetting(tokens[0])) continue;
    const equals = tokens.findIndex(({ text }) => text === '=' || text === '+=');
    const list = literalList(tokens.slice(equals + 1));
    const isAdded = tokens[equals]?.text === '+=';
    if (indent > 0 || equals < 0 || list === undefined || (isAdded && names === 'unclear')) return 'unclear';
    const before = isAdded && names && names !== 'unclear' ? names.value : [];
    names = { value: [...before, ...list], place: { file: module.path, line }, why: 'written in the settings' };
  }
  return names;
}

function isSetting({ text, kind }: PythonModule['statements'][number]['tokens'][number]): boolean {
  return kind === 'name' && text === 'ALLOWED_HOSTS';
}

/** The strings of a list or tuple that holds nothing else. */
function literalList(tokens: PythonModule['statements'][number]['tokens']): readonly string[] | undefined {
  const [open, ...rest] = tokens;
  const [close, ...inside] = rest.toReversed();
  const isList = /^[[(]$/.test(open?.text ?? '') && /^[\])]$/.test(close?.text ?? '');
  if (!isList || inside.some(({ kind, text }) => kind !== 'string' && text !== ',')) return undefined;
  return argumentsOf(tokens, 0).flatMap(part => literalString(part.tokens) ?? []);
}

/** `collectstatic` needs a place to collect to: without STATIC_ROOT the files are served by somebody else. */
function detectCollectStatic(project: Project, settings: string | undefined): DjangoFacts['collectStatic'] {
  const manage = managePath(project);
  if (manage === undefined) return undefined;
  for (const { path, isTest, statements } of settingsInUse(project, settings)) {
    if (isTest) continue;
    const root = statements.find(
      ({ tokens }) => tokens[0]?.text === 'STATIC_ROOT' && /^[=:]$/.test(tokens[1]?.text ?? ''),
    );
    if (!root || root.tokens.at(-1)?.text === 'None') continue;
    const value = ['python', manage, 'collectstatic', '--noinput'];
    return { value, place: { file: path, line: root.line }, why: 'STATIC_ROOT is set' };
  }
  return undefined;
}
