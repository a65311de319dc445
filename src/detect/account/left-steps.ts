/** What the app's own deployment does and nothing here does: each step is followed, needless, or told of. */
import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import { isWithin, parentOf, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { leftDynaconf } from '../app/dynaconf.js';
import type { Facts, LeftStep } from '../facts.js';
import { appDockerfile, deployedFrom, FOR_DEVELOPERS, ownDockerfiles } from '../files/app-dockerfile.js';
import { seenFromApp } from '../files/compose.js';
import { isStageForDevelopers } from '../files/dockerfile.js';
import { type ImageStage, imageStages } from '../files/image-stages.js';
import { startedInContainer } from '../files/web-command.js';
import { imageBuild } from '../frontend/image-build.js';
import type { Project } from '../project.js';
import { leftComposeFiles } from './compose-files.js';
import { leftServices } from './compose-services.js';
import { leftDatabaseScripts } from './database-scripts.js';
import { leftCopies } from './image-copies.js';
import { type Followed, leftRuns } from './image-runs.js';
import { leftContainers } from './other-containers.js';
import { leftImages } from './other-images.js';
import { leftNginx } from './own-nginx.js';
import { leftScripts } from './own-scripts.js';
import { clipped } from './programs.js';
import { leftAtStart } from './start-programs.js';
import { leftPackages } from './system-packages.js';

/** Finds them in the order in which a container is made and started, then what compose runs beside it. */
export async function leftSteps(project: Project, facts: Facts): Promise<readonly LeftStep[]> {
  const { tree, source, root } = project;
  const from = await deployedFrom(tree, source, root);
  const followed = { project, facts };
  const scripts = await leftScripts(followed);
  const inContainer = from ? await leftInContainer(from, followed, scripts) : leftFiles(project);
  const seen =
    from === tree ? inContainer : inContainer.map(step => ({ ...step, place: seenFromApp({ root }, step.place) }));
  return [
    ...seen,
    ...scripts,
    ...(await leftServices(followed)),
    ...(await leftContainers(followed)),
    ...(await leftDatabaseScripts(followed)),
    ...(await leftComposeFiles(project)),
    ...leftDynaconf(project, facts.python.dependencies),
    ...(await leftManifests(project)),
  ];
}

/** Directories that people keep files of Kubernetes in, and what of these runs something. */
const OF_KUBERNETES = /(^|\/)(k8s|kube|kubernetes|manifests|helm|charts?|openshift|deploy\w*)\/(.*\/)?[^/]+\.ya?ml$/i;
const WORKLOAD = /^kind:\s*["']?(Deployment|DeploymentConfig|StatefulSet|DaemonSet|CronJob|Job)\b/m;

/** The app's own files of Kubernetes that run something: their variables, commands, ports and probes are not read. */
async function leftManifests({ source, root }: Project): Promise<readonly LeftStep[]> {
  const [isInstalled, asideOf] = [installedIn(source.paths), asideIn(source.paths)];
  const isOwn = (path: string) => !isInstalled(path) && asideOf(path) === undefined && !isTestFile(path);
  const paths = source.paths.filter(path => OF_KUBERNETES.test(path) && isOwn(path));
  const texts = await Promise.all(paths.map(async path => ((await source.read(path)) ?? '').slice(0, 100_000)));
  const found = paths.filter((_, at) => WORKLOAD.test(texts[at]!));
  if (found[0] === undefined) return [];
  const value = clipped(found.join(' '), 120);
  const why = 'what files of Kubernetes start, and the variables that they give, are not read';
  return [{ kind: 'file', value, place: seenFromApp({ root }, { file: found[0] }), why }];
}

/** The Dockerfiles of an app none of which is known to be the one that it is deployed with. */
function leftFiles({ tree }: Project): readonly LeftStep[] {
  const files = ownDockerfiles(tree);
  const [first, another] = files.filter(path => !FOR_DEVELOPERS.test(path));
  const found = first === undefined ? files : files.filter(path => !FOR_DEVELOPERS.test(path));
  if (found[0] === undefined) return [];
  const why =
    first === undefined
      ? 'for those who work on the app'
      : another
        ? 'none of them is known to be the one of the app'
        : 'it installs no Python, or starts nothing';
  const value = clipped(found.join(' '), 120);
  return [{ kind: 'file', value, place: { file: found[0] }, why }];
}

async function leftInContainer(
  from: Tree,
  followed: Followed,
  scripts: readonly LeftStep[],
): Promise<readonly LeftStep[]> {
  const { config } = followed.project;
  const stages = await imageStages(from, (await appDockerfile(from)).file);
  const used = stagesOf(stages);
  // Whoever says what is run while images are made has seen what there is.
  const made = config.build?.commands === undefined ? await leftWhileMade(from, stages, used, followed) : [];
  return [...made, ...(await leftAtStart(from, followed, scripts)), ...(await leftImages(from, followed))];
}

async function leftWhileMade(
  from: Tree,
  stages: readonly ImageStage[],
  used: readonly ImageStage[],
  followed: Followed,
): Promise<readonly LeftStep[]> {
  const { facts, project } = followed;
  const [final] = used;
  if (!final) return [];
  const root = from === project.tree ? '' : project.root;
  const build = facts.frontend && (await imageBuild(project.source, facts.frontend.root));
  const started = (await startedInContainer(from)).flatMap(({ program: { path, args } }) => [
    path,
    ...args.map(({ text }) => text),
  ]);
  const copies = {
    tree: from,
    stages,
    roots: [root, ...(project.packageRoot ? [project.packageRoot.value] : [])],
    around: aroundApp(followed),
    frontend: facts.frontend && {
      root: fromRoot(facts.frontend.root, project, from),
      output: fromRoot(facts.frontend.output.value, project, from),
    },
    followed: new Set(
      [...(build?.taken ?? []), ...(facts.copies ?? []).filter(({ place }) => place.file.endsWith(final.file))].map(
        ({ place }) => place.line ?? 0,
      ),
    ),
    scripts: await scriptsIn(from),
    started: new Set(started.map(path => path.split('/').at(-1)!)),
  };
  const runs = await Promise.all(used.filter(({ image }) => !NODE.test(image)).map(stage => leftRuns(stage, followed)));
  const all = [
    ...(await leftPackages(final, facts)),
    ...runs.flat(),
    ...leftCopies(final, copies),
    ...(await leftNginx(final, facts)),
  ];
  // A stage has what the one has that it is made from.
  const seen = all.filter(
    ({ kind, place, value }, at) =>
      all.findIndex(
        other => other.kind === kind && (other.place.line === place.line || (kind === 'copy' && other.value === value)),
      ) === at,
  );
  return seen.toSorted((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0));
}

/** The source around an app that lies in a directory of it, without what is in its image, or in its frontend's. */
function aroundApp({ project, facts }: Followed) {
  const { source, root } = project;
  if (root === '') return undefined;
  const packages = (facts.packages ?? []).map(({ place }) => resolvePath(root, parentOf(place.file)));
  const here = [root, ...packages, ...[facts.frontend?.root].flatMap(own => own ?? [])];
  const has = (path: string) => path !== '' && here.every(own => !isWithin(path, own) && !isWithin(own, path));
  return { tree: source, has };
}

/** Files that say by their first line, and not by a name, that a shell runs them. */
async function scriptsIn(tree: Tree): Promise<ReadonlySet<string>> {
  const bare = tree.paths.filter(
    path => !/(^|\/)\.|\.\w+$/.test(path) && !/file$/i.test(path) && path.split('/').length < 7,
  );
  const texts = await Promise.all(bare.map(async path => ({ path, text: (await tree.read(path)) ?? '' })));
  return new Set(texts.flatMap(({ path, text }) => (/^#!.*sh\b/.test(text) ? [path] : [])));
}

/** The frontend's stages, of which its own detection tells. */
const NODE = /(^|\/)(node|bun)(:|@|$)/;

/** A path of the source as seen from the tree that the Dockerfile lies in. */
function fromRoot(path: string, { tree, root }: Project, from: Tree): string {
  return from === tree && root !== '' && isWithin(path, root) ? path.slice(root.length + 1) : path;
}

/** The stage that the app runs in, and those that it takes from, in turn. */
function stagesOf(stages: readonly ImageStage[]): readonly ImageStage[] {
  const final = stages.findLast(({ name }) => !isStageForDevelopers(name ?? '')) ?? stages.at(-1);
  const used: ImageStage[] = final ? [final] : [];
  for (const stage of used) {
    for (const instruction of stage.instructions) {
      if (instruction.kind !== 'take') continue;
      const other = stages.find(
        ({ index, name }) => name === instruction.stage.toLowerCase() || `${index}` === instruction.stage,
      );
      if (other && !used.includes(other)) used.push(other);
    }
  }
  return used;
}
