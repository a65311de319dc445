/** Variables that whoever runs the app gives it: in its compose file, in its Dockerfile, in the file of a platform, and in the example of them that people copy. */
import type { Place } from '../../diagnostics/place.js';
import { isWithin, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { appDockerfile, deployedFrom } from './app-dockerfile.js';
import { type ComposePlaces, readAppCompose, seenFromApp } from './compose.js';
import { interpolate, readVariables } from './compose-interpolation.js';
import type { ComposeService } from './compose-service.js';
import { imageDirectory, imageVariables } from './dockerfile.js';
import { commandText } from './dockerfile-instructions.js';
import { EXAMPLE_NAMES, readEnvLines } from './env-file.js';
import { readPlatformFile } from './platform-files.js';
import { imageKind } from './service-images.js';
import { WORKFLOWS, workflowSteps } from './workflow-steps.js';

/** Where a variable's value is written. */
export type GivenBy = 'compose' | 'platform' | 'container' | 'example' | 'ci';

/** A variable with the value that it has where the app runs. */
export interface GivenVariable {
  readonly name: string;
  readonly value: string;
  readonly by: GivenBy;
  /** Relative to the app's directory. */
  readonly place: Place;
  /** Whether the value is the path of a file that containers are given from outside: it is none of the app. */
  readonly isMissing?: true;
}

/** What a deployment says of the app. */
export interface Deployment {
  /** Each variable once: what compose sets counts before what the image has, then what a platform is told, then an example, and what CI tests with last. */
  readonly variables: readonly GivenVariable[];
  /** Names of the compose file's services, by which they find each other. */
  readonly names: ReadonlySet<string>;
  /** Images by these names. */
  readonly images: ReadonlyMap<string, string>;
  /** Whether the app itself is among the services. */
  readonly runsApp: boolean;
}

/** Names of files that people keep the variables of one place in where the app runs. */
const OF_A_PLACE = /^(dev(elopment)?|local|docker|prod(uction)?|template|sample)\.env$/;

/** Addresses of services, which have other names wherever else the app runs. */
export const ADDRESS = /(^|[/@])(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:|\/|$)|^(?!https?:)[a-z][\w+.-]*:\/\/[^/]/;

/** How a fact that a deployment gives is explained. */
export function asGiven({ by, place }: GivenVariable): string {
  switch (by) {
    case 'compose':
      return 'as the compose file sets it';
    case 'platform':
      return `as ${place.file} sets it`;
    case 'container':
      return 'as its container has it';
    case 'example':
      return 'as the example of its variables has it';
    case 'ci':
      return 'as CI has it';
  }
}

/** Whether a value only shows what may be set: in an example, where tests run, or on a platform that is another place than the image. */
export function isHint({ by }: Pick<GivenVariable, 'by'>): boolean {
  return by === 'example' || by === 'ci' || by === 'platform';
}

/** Reads what a deployment of the app gives to its processes. */
export async function readDeployment(places: ComposePlaces): Promise<Deployment> {
  const { tree, source, root } = places;
  const { services, base, root: from } = await readAppCompose(places);
  const own = services.filter(service => isBuiltFromApp(service, from, services));
  const byCompose = await Promise.all(own.map(service => givenTo(service, base, from)));
  const image = await deployedFrom(tree, source, root);
  const inImage = (image ? await imageVariables(image) : []).map(({ value, ...at }) => ({
    ...value,
    ...at,
    place: image === tree ? at.place : seenFromApp({ root }, at.place),
    by: 'container' as const,
  }));
  const variables = [
    ...byCompose.flat(),
    ...inImage,
    ...(await onPlatform(tree)),
    ...(await examples(tree, '')),
    ...(await examples(source, root)),
    ...(await inWorkflows(source, root)),
  ];
  const once = variables.filter(({ name }, at) => variables.findIndex(other => other.name === name) === at);
  const isMissing = await missingFiles(tree, image);
  return {
    variables: once.map(given => (isMissing(given) ? { ...given, isMissing: true } : given)),
    runsApp: own.length > 0,
    names: new Set(services.map(({ name }) => name.value)),
    images: new Map(services.flatMap(({ name, image }) => (image ? [[name.value, image.value] as const] : []))),
  };
}

/** What a host's name in a deployment stands for. */
export function serviceAt({ images }: Deployment, host: string): ReturnType<typeof imageKind> {
  const image = images.get(host);
  return image === undefined ? undefined : imageKind(image);
}

/**
 * Whether a service is built from the app, whose directory is `root` seen from the compose file, mounts it into an image without code, or
 * runs the image of one that is: its frontend does not.
 */
export function isBuiltFromApp(
  { build, code, image }: ComposeService,
  root: string,
  all: readonly ComposeService[],
): boolean {
  if (code !== undefined) return isWithin(root, code) || isWithin(code, root);
  if (build) return isWithin(root, resolvePath('', build.value));
  return (
    image !== undefined &&
    all.some(other => other.build && other.image?.value === image.value && isBuiltFromApp(other, root, []))
  );
}

/** An absolute path of a file with settings, or of a key. */
const FILE = /^\/[\w./-]+\.(cfg|conf|ini|ya?ml|json|toml|py|env|properties|pem|key|crt)$/;

/** Tells the variables that name files which nothing of the source, and no step of the app's image, puts there. */
async function missingFiles(tree: Tree, image: Tree | undefined): Promise<(given: GivenVariable) => boolean> {
  const { instructions } = image ? await appDockerfile(image) : { instructions: [] };
  const workdir = await imageDirectory(tree);
  const made = instructions.flatMap(instruction => {
    if (instruction.kind === 'run') return [commandText(instruction.command)];
    return instruction.kind === 'copy' || instruction.kind === 'take' ? [`${instruction.to.replace(/\/$/, '')}/`] : [];
  });
  return ({ value, by }) => {
    if (!FILE.test(value) || (by !== 'compose' && by !== 'container') || isWithin(value, workdir)) return false;
    const name = value.slice(value.lastIndexOf('/'));
    const isOwn = tree.paths.some(path => `/${path}`.endsWith(name) && value.endsWith(`/${path}`));
    return !isOwn && !made.some(text => text.includes(value) || (text.startsWith('/') && value.startsWith(text)));
  };
}

async function givenTo(service: ComposeService, tree: Tree, root: string): Promise<readonly GivenVariable[]> {
  // What is only named there has its value from the file that compose reads by itself.
  const around = readVariables((await tree.read('.env')) ?? '');
  const own = service.environment.flatMap(({ value: { name, value: written }, place }) => {
    const value = written || around.get(name);
    return value ? [{ name, value, place: seenFromApp({ root }, place), by: 'compose' as const }] : [];
  });
  const files = await Promise.all(
    service.envFiles.toReversed().map(({ value }) => linesOf(tree, resolvePath('', value), root, 'compose')),
  );
  return [...own, ...files.flat()];
}

/** What a platform is told, but for addresses, and values that it puts in itself. */
async function onPlatform(tree: Tree): Promise<readonly GivenVariable[]> {
  const told = (await readPlatformFile(tree)).variables;
  return told.flatMap(variable =>
    ADDRESS.test(variable.value) || variable.value.includes('${') ? [] : [{ ...variable, by: 'platform' as const }],
  );
}

async function examples(tree: Tree, root: string): Promise<readonly GivenVariable[]> {
  const paths = [EXAMPLE_NAMES, OF_A_PLACE].flatMap(names => tree.paths.filter(path => names.test(path)));
  return (await Promise.all(paths.map(path => linesOf(tree, path, root, 'example')))).flat();
}

/** What workflows give the commands that they run, but for addresses: services lie elsewhere there. */
async function inWorkflows(tree: Tree, root: string): Promise<readonly GivenVariable[]> {
  const files = tree.paths.filter(path => WORKFLOWS.test(path));
  const steps = await Promise.all(files.map(async file => workflowSteps((await tree.read(file)) ?? '', file)));
  return steps
    .flat()
    .flatMap(({ env, file, line }) =>
      Object.entries(env).flatMap(([name, value]) =>
        value === '' || ADDRESS.test(value)
          ? []
          : [{ name, value, by: 'ci' as const, place: seenFromApp({ root }, { file, line }) }],
      ),
    );
}

/** The variables of a file with values, those that it takes from its own other lines put in. */
async function linesOf(tree: Tree, path: string, root: string, by: GivenBy): Promise<readonly GivenVariable[]> {
  const lines = readEnvLines((await tree.read(path)) ?? '');
  const values = new Map(lines.map(({ name, value }) => [name, value]));
  return lines.flatMap(({ name, value, line }) => {
    const filled = interpolate(value, values);
    return filled === '' ? [] : [{ name, value: filled, by, place: seenFromApp({ root }, { file: path, line }) }];
  });
}
