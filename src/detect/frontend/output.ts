/** Where a frontend's build writes, and whether it makes a server: read from its tool's configuration, never guessed. */
import valid from 'semver/functions/valid.js';
import minVersion from 'semver/ranges/min-version.js';
import validRange from 'semver/ranges/valid.js';
import { diagnose } from '../../diagnostics/diagnose.js';
import { anyOf } from '../../diagnostics/listing.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath, resolvePath } from '../../source/paths.js';
import { readScriptConfig } from '../../source/script-file.js';
import type { BuiltPackage, FrontendDefinition } from '../../support/frontends/definition.js';
import { FRONTENDS, type FrontendKind } from '../../support/frontends/index.js';
import { entriesOf } from '../../support/registry.js';
import type { FrontendFacts } from '../facts.js';
import { type PackageJson, placeIn } from '../files/package-json.js';
import type { Project } from '../project.js';

/** The build's result: without a script, the one that was asked for makes it. */
export type FrontendResult = Pick<FrontendFacts, 'output' | 'server'> & Partial<Pick<FrontendFacts, 'buildScript'>>;

/** The package that is built: its script, and what is locked of its packages. */
export interface BuildScript {
  readonly file: PackageJson;
  readonly script: string;
  /** The locked version of a package. */
  readonly versionOf: (name: string) => string | undefined;
}

const TOOLS = entriesOf<FrontendKind, FrontendDefinition>(FRONTENDS);

/** Finds the output directory: configured, as an option of the script, or by the configuration of the tool. */
export async function detectOutput(project: Project, build: BuildScript): Promise<Finding<FrontendResult>> {
  const { file, script } = build;
  const { config } = project;
  const configured = config.frontend === false ? undefined : config.frontend?.output;
  if (configured !== undefined)
    return found({ output: { value: configured, place: configPlace(project.origins, 'frontend.output') } });
  const command = String(file.scripts[script]);
  const [kind, tool] = toolOf(file, command) ?? [];
  const option = /--out-?dir[= ]+(["']?)([\w./-]+)\1/i.exec(command);
  if (option && (tool?.takesOutOption ?? true)) {
    const place = placeIn(file, 'scripts', script);
    return found({ output: { value: resolvePath(file.root, option[2]!), place, why: 'in the script' } });
  }
  const { value, diagnostics } = tool ? await tool.output(builtPackage(project, build)) : found(undefined);
  if (diagnostics.length > 0) return failed(...diagnostics);
  if (value === undefined || kind === undefined) return failed(unknownOutput(file, script, command));
  const { server, ...made } = value;
  return found(defined({ ...made, server: server && { value: kind, place: server } }));
}

/** The first tool whose package is a dependency, or whose program the script runs. */
function toolOf({ dependencies }: PackageJson, command: string) {
  const runs = (program: string) => new RegExp(`(^|[\\s/;&])${program}(\\s|$)`).test(command);
  return TOOLS.find(
    ([, { packages, commands }]) => packages.some(name => dependencies.has(name)) || commands.some(runs),
  );
}

/** The package as the definition of a tool sees it. */
function builtPackage({ source }: Project, { file, script, versionOf }: BuildScript): BuiltPackage {
  const { root, path, scripts, dependencies } = file;
  return {
    root,
    path,
    command: String(scripts[script]),
    scripts,
    has: name => dependencies.has(name),
    versionOf: name => valid(versionOf(name)) ?? lowestOf(dependencies.get(name)),
    placeOf: (...keys) => placeIn(file, ...keys),
    config: name => readScriptConfig(source, root, name),
    read: name => source.read(joinPath(root, name)),
  };
}

/** The lowest version that a range allows; undefined for what is no range of npm, and for one without a lower end. */
function lowestOf(range: string | undefined): string | undefined {
  const lowest = validRange(range) === null ? undefined : minVersion(range ?? '')?.version;
  return lowest === '0.0.0' ? undefined : lowest;
}

function unknownOutput(file: PackageJson, script: string, command: string) {
  const named = TOOLS.flatMap(([, { example, title }]) => (example === undefined ? [] : [{ example, title }]));
  const tools = anyOf(named.sort((a, b) => a.example - b.example).map(({ title }) => title));
  return diagnose('QS408', { script, command, tools }, placeIn(file, 'scripts', script));
}
