/** Where a frontend's build writes, and whether it makes a server: read from its tools' command lines and configuration, never guessed. */
import valid from 'semver/functions/valid.js';
import minVersion from 'semver/ranges/min-version.js';
import validRange from 'semver/ranges/valid.js';
import { diagnose } from '../../diagnostics/diagnose.js';
import { anyOf } from '../../diagnostics/listing.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { isWithin, joinPath, relativePath, resolvePath } from '../../source/paths.js';
import { readScript, readScriptConfig } from '../../source/script-file.js';
import type { Sourced } from '../../source/sourced.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from '../../support/frontends/definition.js';
import { FRONTENDS, type FrontendKind } from '../../support/frontends/index.js';
import { entriesOf } from '../../support/registry.js';
import type { FrontendFacts } from '../facts.js';
import { readOptions } from '../files/options.js';
import { type PackageJson, placeIn } from '../files/package-json.js';
import { programsOfScript, type ScriptProgram } from '../files/package-scripts.js';
import type { Project } from '../project.js';
import { ejectedOutput } from './ejected.js';
import type { ImageBuild } from './image-build.js';
import { copiesIn, isReadFrom, type ToolRun, toolRuns, type Write, writtenBy } from './script-builds.js';

/** The build's result: without a script, the one that was asked for makes it. */
export type FrontendResult = Pick<FrontendFacts, 'output' | 'made' | 'isShared' | 'server' | 'watch'> &
  Partial<Pick<FrontendFacts, 'buildScript'>>;

/** The package that is built: its scripts, and what is locked of its packages. */
export interface BuildScript {
  readonly file: PackageJson;
  /** In the order in which they run. */
  readonly scripts: readonly string[];
  /** The locked version of a package. */
  readonly versionOf: (name: string) => string | undefined;
  /** The stage of the app's own image that builds it. */
  readonly image?: Pick<ImageBuild, 'variables' | 'taken'> | undefined;
}

const TOOLS = entriesOf<FrontendKind, FrontendDefinition>(FRONTENDS);

/** Finds what is built: configured, as an option of the script, or by the configuration of the tools. */
export async function detectOutput(project: Project, build: BuildScript): Promise<Finding<FrontendResult>> {
  const { file, scripts } = build;
  const [script = 'build'] = scripts;
  const { config } = project;
  const configured = config.frontend === false ? undefined : config.frontend?.output;
  if (configured !== undefined)
    return found({ output: { value: configured, place: configPlace(project.origins, 'frontend.output') } });
  const programs = (await Promise.all(scripts.map(name => programsOfScript(file.scripts, name)))).flat();
  const named = toolRuns(file, programs);
  const runs = named.length > 0 || programs.length > 0 ? named : byDependency(file, script);
  const results = await Promise.all(runs.map(run => resultOf(project, build, run)));
  const diagnostics = results.flatMap(result => result.diagnostics);
  if (diagnostics.length > 0) return failed(...diagnostics);
  const made = results.flatMap(({ value }) => value ?? []);
  const server = made.find(({ result }) => result.server);
  if (server) return found(withServer(server));
  if (made.length === 0 || made.length < results.length)
    return (
      takenOutput(project, build) ?? (await ejected(project, file, programs)) ?? failed(unknownOutput(file, script))
    );
  // What a program of the app's own writes beside the tools, only the image that takes all of it shows.
  const whole = programs.some(isOwnProgram) ? takenOutput(project, build) : undefined;
  if (whole) return whole;
  return found(defined({ ...combined(project, file, made, programs), watch: watchCommand(runs) }));
}

/** `node build.js`, whose code is not read. */
function isOwnProgram({ name, args }: Pick<ToolRun['program'], 'name' | 'args'>): boolean {
  return name === 'node' && args.some(({ text }) => /^[^-].*\.[cm]?[jt]s$/.test(text));
}

/** What a package builds by scripts that Create React App left in it. */
async function ejected(
  { source }: Project,
  file: PackageJson,
  programs: readonly ScriptProgram[],
): Promise<Finding<FrontendResult> | undefined> {
  const output = await ejectedOutput(source, file, programs);
  return output && found({ output });
}

/** What does not show where it writes writes what the app's image takes from it. */
function takenOutput({ source }: Project, { image }: BuildScript): Finding<FrontendResult> | undefined {
  const [first, ...others] = image?.taken ?? [];
  if (!first) return undefined;
  const writes = [first, ...others].flatMap(({ value: { path, include } }) =>
    include ? include.map(pattern => ({ path: joinPath(path, pattern), isFile: true })) : [{ path, isFile: false }],
  );
  const directory = commonDirectory(writes);
  const patterns = new Set(writes.flatMap(write => patternsOf(write, directory)));
  const isShared = source.paths.some(path => isWithin(path, directory)) ? (true as const) : undefined;
  const output = { ...first, value: directory };
  return found(defined({ output, made: patterns.has('**') ? undefined : [...patterns], isShared }));
}

/** Makes the command that builds anew at each edit: of the one tool there is, when its words are known before it runs. */
function watchCommand([run, ...others]: readonly ToolRun[]): readonly string[] | undefined {
  if (!run?.tool.watches || others.length > 0) return undefined;
  const { name, args, variables, directory } = run.program;
  const isPlain = name !== '' && directory === '' && variables.length === 0 && args.every(({ isKnown }) => isKnown);
  return isPlain ? [name, ...args.map(({ text }) => text), ...run.tool.watches] : undefined;
}

/** A script that says nothing at all leaves it to the first tool that is a dependency. */
function byDependency({ dependencies }: PackageJson, script: string): readonly ToolRun[] {
  const tool = TOOLS.find(([, { packages }]) => packages.some(name => dependencies.has(name)));
  if (!tool) return [];
  const program = { name: '', args: [], variables: [], script, directory: '' };
  return [{ kind: tool[0], tool: tool[1], program, read: { options: [], operands: [] } }];
}

/** What one tool writes. */
interface Made {
  readonly kind: FrontendKind;
  readonly result: BuildOutput;
  readonly writes: readonly Write[];
}

async function resultOf(project: Project, build: BuildScript, run: ToolRun): Promise<Finding<Made>> {
  const { kind, tool, program } = run;
  const written = writtenBy(build.file, run);
  if (written === 'unknown') return found<Made>(undefined);
  const place = placeIn(build.file, 'scripts', program.script);
  if (written) {
    const result = { output: { value: written[0]!.path, place, why: 'in the script' } };
    return found({ kind, result, writes: written });
  }
  const { value, diagnostics } = await tool.output(builtPackage(project, build, run));
  if (value === undefined) return failed(...diagnostics);
  const { output, isFile = false, isShared = false } = value;
  return found({ kind, result: value, writes: [{ path: output.value, isFile, isShared }] });
}

function withServer({ kind, result: { output, server, buildScript } }: Made): FrontendResult {
  return defined({ output, buildScript, server: server && { value: kind, place: server } });
}

/** The directory that holds all that is made; what of it that is, where it is not the whole. */
function combined(
  { source }: Project,
  file: PackageJson,
  made: readonly Made[],
  programs: readonly ScriptProgram[],
): FrontendResult {
  const [{ result }] = made as readonly [Made];
  const { output, buildScript } = result;
  const writes = [...made.flatMap(one => one.writes), ...copiesIn(file, programs)];
  const [first, ...others] = writes;
  const isShared = writes.some(write => isReadFrom(source, file, write, programs)) ? (true as const) : undefined;
  if (others.length === 0 && !first!.isFile) return defined({ output, buildScript, isShared });
  const directory = commonDirectory(writes);
  const patterns = new Set(writes.flatMap(write => patternsOf(write, directory)));
  const whole = patterns.has('**');
  const all: Sourced<string> = { ...output, value: directory };
  return defined({ output: all, made: whole ? undefined : [...patterns], buildScript, isShared });
}

function commonDirectory(writes: readonly Write[]): string {
  const directories = writes.map(({ path, isFile }) =>
    isFile ? path.slice(0, Math.max(path.lastIndexOf('/'), 0)) : path,
  );
  const [first = ''] = directories;
  const parts = first.split('/');
  const common = [...parts.keys(), parts.length].reverse().map(depth => parts.slice(0, depth).join('/'));
  return common.find(at => directories.every(directory => isWithin(directory, at))) ?? '';
}

/** A file comes with its map, and one of a bundler with the styles that its modules take. */
function patternsOf({ path, isFile }: Write, directory: string): readonly string[] {
  const inside = relativePath(directory, path);
  if (!isFile) return [inside === '' ? '**' : `${inside}/**`];
  const styles = /\.m?js$/.test(inside)
    ? [inside.replace(/\.m?js$/, '.css'), inside.replace(/\.m?js$/, '.css.map')]
    : [];
  return [inside, `${inside}.map`, ...styles];
}

/** Whether the source has files where a build writes: somebody has committed what it makes. */
export function liesInSource({ source }: Pick<Project, 'source'>, { output, made }: FrontendResult): boolean {
  const written = (made ?? ['**']).map(pattern =>
    joinPath(output.value, pattern.replace(/\/?\*\*$/, '')).replace(/\/$/, ''),
  );
  return written.some(path => source.paths.some(candidate => isWithin(candidate, path)));
}

/** The package as the definition of a tool sees it. */
function builtPackage({ source }: Project, { file, versionOf, image }: BuildScript, run: ToolRun): BuiltPackage {
  const { path, scripts, dependencies } = file;
  const { program } = run;
  const root = resolvePath(file.root, program.directory);
  const words = program.args.map(({ text }) => text);
  const option = (...names: readonly string[]) => {
    const { options } = readOptions(program.args, names);
    const value = options.find(({ name }) => names.includes(name))?.value;
    return value?.isKnown && !value.text.startsWith('-') ? value.text : undefined;
  };
  return {
    root,
    path,
    command: [program.name, ...words],
    operands: run.read.operands.map(({ text }) => text),
    variables: new Map([
      ...(image?.variables ?? []).map(({ value: { name, value } }) => [name, value] as const),
      ...program.variables.flatMap(({ name, value }) => (value.isKnown ? [[name, value.text] as const] : [])),
    ]),
    scripts,
    has: name => dependencies.has(name),
    versionOf: name => valid(versionOf(name)) ?? lowestOf(dependencies.get(name)),
    placeOf: (...keys) => placeIn(file, ...keys),
    option,
    config: (name, ...options) => {
      const given = options.length > 0 ? option(...options) : undefined;
      return given === undefined ? readScriptConfig(source, root, name) : readScript(source, resolvePath(root, given));
    },
    script: (from, name) => readScript(source, resolvePath(from.slice(0, Math.max(from.lastIndexOf('/'), 0)), name)),
    read: name => source.read(joinPath(root, name)),
  };
}

/** The lowest version that a range allows; undefined for what is no range of npm, and for one without a lower end. */
function lowestOf(range: string | undefined): string | undefined {
  const lowest = validRange(range) === null ? undefined : minVersion(range ?? '')?.version;
  return lowest === '0.0.0' ? undefined : lowest;
}

function unknownOutput(file: PackageJson, script: string) {
  const named = TOOLS.flatMap(([, { example, title }]) => (example === undefined ? [] : [{ example, title }]));
  const tools = anyOf(named.sort((a, b) => a.example - b.example).map(({ title }) => title));
  return diagnose('QS408', { script, command: String(file.scripts[script]), tools }, placeIn(file, 'scripts', script));
}
