/** Each package.json of the source that is not built, with the reason: what is passed over is said. */
import type { Place } from '../../diagnostics/place.js';
import { formatPlace } from '../../diagnostics/place.js';
import { defined } from '../../source/defined.js';
import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import { isWithin, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { FrontendFacts, NodeSuiteFacts } from '../facts.js';
import { appDockerfile } from '../files/app-dockerfile.js';
import { commandText, readInstructions } from '../files/dockerfile-instructions.js';
import { type PackageJson, readPackageJson } from '../files/package-json.js';
import { START_FILES, startFilesIn } from '../files/start-commands.js';
import type { Project } from '../project.js';
import { detectOutput, liesInSource } from './output.js';
import { buildingScripts } from './scripts.js';

/** What of the source's packages is built, and what is run of them. */
export interface BuiltPackages {
  readonly frontend: FrontendFacts | undefined;
  readonly nodeSuites: readonly NodeSuiteFacts[];
}

/** Finds them, in the order of their paths. */
export async function unbuiltPackages(project: Project, built: BuiltPackages): Promise<readonly Sourced<string>[]> {
  const { source, config } = project;
  const isInstalled = installedIn(source.paths);
  const paths = source.paths.filter(path => /(^|\/)package\.json$/.test(path) && !isInstalled(path));
  const { frontend } = built;
  const others = paths.filter(path => frontend === undefined || rootOf(path) !== frontend.root);
  const builder = others.length > 0 ? await deploymentThatBuilds(project) : undefined;
  const asideOf = asideIn(source.paths);
  return Promise.all(
    others.map(async path => {
      const place = { file: path };
      const because = (why: string) => ({ value: path, place, why });
      if (config.frontend === false) return because('frontend is false');
      const root = rootOf(path);
      const copied = await copiedBuild(source, root);
      if (copied !== undefined) return because(copied);
      if (built.nodeSuites.some(suite => suite.project.root === root))
        return because('only its tests and tools are run');
      const aside = asideOf(path);
      if (aside !== undefined) return because(`lies in ${aside}`);
      if (isTestFile(path)) return because('lies among tests');
      if (frontend?.workspace !== undefined && isWithin(root, frontend.workspace))
        return because('a member of the workspace that is built');
      const file = (await readPackageJson(source, root)).value;
      const scripts = file ? await buildingScripts(file, undefined) : [];
      // Only then it matters what it makes, for which configurations have to be read.
      const made =
        file && scripts.length > 0 && !frontend && !builder
          ? (await detectOutput(project, { file, scripts, versionOf: () => undefined })).value
          : undefined;
      const isThere = made !== undefined && liesInSource(project, made);
      return because(reasonOf({ file, scripts, frontend, builder, isThere }));
    }),
  );
}

/** What the app's own image has of what a package makes, and the source does not: it was built before the image is. */
async function copiedBuild(source: Project['source'], root: string): Promise<string | undefined> {
  const { file, instructions } = await appDockerfile(source);
  for (const instruction of instructions) {
    const paths = instruction.kind === 'copy' ? instruction.from.map(path => resolvePath('', path)) : [];
    const made = paths.find(
      path =>
        root !== '' && path !== root && isWithin(path, root) && !source.paths.some(other => isWithin(other, path)),
    );
    if (made !== undefined)
      return `${formatPlace({ file, line: instruction.line })} copies ${made}, which nothing makes here`;
  }
  return undefined;
}

interface Passed {
  readonly file: PackageJson | undefined;
  readonly scripts: readonly string[];
  readonly frontend: FrontendFacts | undefined;
  readonly builder: Place | undefined;
  /** Whether the source has what it makes. */
  readonly isThere: boolean;
}

function reasonOf({ file, scripts, frontend, builder, isThere }: Passed): string {
  if (!file) return 'cannot be read';
  // What builds the app's frontend need not be about this package.
  const elsewhere = builder && !frontend ? `; ${formatPlace(builder)} does` : '';
  if (scripts.length === 0) return `no script builds it${elsewhere}`;
  if (frontend) return `${frontend.root || '.'} is the frontend`;
  if (isThere && !builder) return 'what it makes lies in the source, and nothing that deploys the app builds it';
  return `nothing says that it is the app's frontend${builder ? `; ${formatPlace(builder)} may build it` : ''}`;
}

function rootOf(path: string): string {
  return path.replace(/\/?package\.json$/, '');
}

/** What calls a Node package manager. */
const CALLS = /(^|[\s;&|"'/(])(npm|yarn|pnpm|bun|bunx|npx)(\s|$|:)/;

/** The line that installs or builds Node packages where the app is deployed: in a Dockerfile, in a script, in a workflow. */
export async function deploymentThatBuilds({ source }: Pick<Project, 'source'>): Promise<Place | undefined> {
  for (const files of START_FILES) {
    for (const path of startFilesIn(source, files)) {
      const text = (await source.read(path)) ?? '';
      const line = /dockerfile/i.test(path) ? lineInImage(text) : lineIn(text);
      if (line !== undefined) return defined({ file: path, line });
    }
  }
  return undefined;
}

function lineIn(text: string): number | undefined {
  const at = text.split('\n').findIndex(line => !/^\s*#/.test(line) && CALLS.test(line));
  return at < 0 ? undefined : at + 1;
}

/** The last command of a stage that is made from Node, or that calls such a manager. */
function lineInImage(text: string): number | undefined {
  let isNode = false;
  let found: number | undefined;
  for (const instruction of readInstructions(text)) {
    if (instruction.kind === 'from') isNode = /(^|\/)(node|bun)(:|$|@)/.test(instruction.image);
    if (instruction.kind !== 'run') continue;
    const words = commandText(instruction.command);
    if (isNode ? found === undefined || !/apt-get|\buseradd\b/.test(words) : CALLS.test(words))
      found = instruction.line;
  }
  return found;
}
