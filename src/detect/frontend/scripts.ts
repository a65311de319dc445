/** The scripts of a package.json that build a frontend: the one called build, else those that run a tool which writes. */
import type { PackageJson } from '../files/package-json.js';
import { programsOfScript } from '../files/package-scripts.js';
import { toolRuns, writtenBy } from './script-builds.js';

/** Names of scripts that are for developers, whatever they run. */
const FOR_DEVELOPERS =
  /(^|[:_-])(dev|develop|development|watch|watcher|serve|server|start|test|tests|lint|storybook|docs?|clean|preview|analy[sz]e|debug|types?|check|format|fix|release|verify)($|[:_-])|^(pre|post|watch)/;

/** Names that say that what a script makes is for production; the first that fits counts. */
const NAMES = [
  /^build[:_-]?prod(uction)?$/,
  /^prod(uction)?$/,
  /(^|[:_-])(prod|production|min|minify|minified)($|[:_-])/,
  /^(bundle|compile|dist|assets|frontend|webpack|css|styles)$/,
  /^build|[:_-]build$/,
];

/** The scripts to run, in their order; none where nothing shows that one builds. A script that is configured is the only one. */
export async function buildingScripts(file: PackageJson, configured: string | undefined): Promise<readonly string[]> {
  const isThere = typeof file.scripts[configured ?? 'build'] === 'string';
  if (isThere && (configured !== undefined || !(await isIdle(file, 'build')))) return [configured ?? 'build'];
  if (configured !== undefined) return [];
  const names = Object.keys(file.scripts).filter(name => !FOR_DEVELOPERS.test(name));
  const read = await Promise.all(names.map(name => readScript(file, name)));
  const building = read.filter(({ writes }) => writes.length > 0);
  const called = new Set(building.flatMap(({ name, calls }) => calls.filter(other => other !== name)));
  const outer = building.filter(({ name }) => !called.has(name));
  // Of several that write the same, the one for production.
  const best = outer.toSorted((a, b) => rankOf(a.name) - rankOf(b.name));
  const kept = best.filter(({ writes }, at) => {
    const before = best.slice(0, at).flatMap(other => other.writes);
    return !writes.every(path => before.includes(path));
  });
  return outer.filter(script => kept.includes(script)).map(({ name }) => name);
}

/** Programs that do nothing, or only say something. */
const IDLE = /^(echo|printf|true|:|exit)$/;

/** Whether a script stands in a package only for its name: `echo "Building"`. */
async function isIdle({ scripts }: PackageJson, name: string): Promise<boolean> {
  const programs = await programsOfScript(scripts, name);
  return programs.length > 0 && programs.every(program => IDLE.test(program.name) && program.redirect === undefined);
}

/** What calls a script of a package: `npm run bundle`, `yarn bundle`. */
const CALL = /\b(?:npm|pnpm|yarn|bun)\s+(?:-{1,2}\S+\s+)*(?:run(?:-script)?\s+)?(?:-{1,2}\S+\s+)*([\w:.-]+)/g;

/** The scripts that commands of an image call, in their order, those for developers left out; undefined where `build` is one, or none is. */
export function calledScripts({ scripts }: PackageJson, commands: readonly string[]): readonly string[] | undefined {
  const names = commands.flatMap(command => [...command.matchAll(CALL)].map(([, name]) => name!));
  const called = [...new Set(names)].filter(name => typeof scripts[name] === 'string' && !FOR_DEVELOPERS.test(name));
  return called.length === 0 || called.includes('build') ? undefined : called;
}

function rankOf(name: string): number {
  const at = NAMES.findIndex(pattern => pattern.test(name));
  return at < 0 ? NAMES.length : at;
}

/** What a script writes: paths, or the tool where its configuration says it; and the scripts that it runs. */
async function readScript(file: PackageJson, name: string) {
  const programs = await programsOfScript(file.scripts, name);
  const runs = toolRuns(file, programs).filter(({ tool }) => !tool.isAlone);
  const writes = runs.flatMap(run => {
    const written = writtenBy(file, run);
    return written === undefined || written === 'unknown' ? [run.kind as string] : written.map(({ path }) => path);
  });
  return { name, writes, calls: [...new Set(programs.map(({ script }) => script))] };
}
