/** The image of one plan by different builders: what may differ, and why; all else has to be the same. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planJson } from '../../src/plan/json.js';
import type { Plan } from '../../src/plan/types.js';
import { bundleRunner } from '../e2e/support/bundled-runner.js';
import { quayside } from '../e2e/support/quayside.js';
import type { DockerEngine } from './docker-engine.js';
import type { EjectedApp } from './ejected-app.js';
import { differences, type ImageListing, readImage } from './image-listing.js';

/** A difference that is none, and its reason. docs/eject.md has the same table. */
interface Allowed {
  readonly what: string;
  readonly why: string;
  readonly applied: (image: ImageListing) => ImageListing;
}

const withoutFiles = (gone: (path: string, line: string) => boolean) => (image: ImageListing) => ({
  ...image,
  files: new Map([...image.files].filter(([path, line]) => !gone(path, line))),
});
const withoutSetting = (setting: string, pattern: RegExp) => (image: ImageListing) => ({
  ...image,
  settings: new Map(
    [...image.settings].map(([name, text]) => [name, name === setting ? text.replace(pattern, '') : text]),
  ),
});

const withoutContents = (pattern: RegExp) => (image: ImageListing) => ({
  ...image,
  files: new Map(
    [...image.files].map(([path, line]) => [path, pattern.test(path) ? line.replace(/[0-9a-f]{64}/, '…') : line]),
  ),
});

/** What Next.js writes the id of a build into, and the keys that it makes up for each. */
const OF_NEXT =
  /\/\.next\/(BUILD_ID|[^/]*manifest\.json|server\/[^/]*(manifest[^/]*|props\.json)|server\/.*\.(html|rsc))$/;
/** What is compiled in the examples, as no wheel of it is there, and the lists of its files' hashes. */
const COMPILED = /\/(psycopg2\/_psycopg|_cffi_backend)\.[^/]*\.so$|\/(psycopg2|cffi)-[^/]*\.dist-info\/RECORD$/;

export const ALLOWED: readonly Allowed[] = [
  {
    what: 'the contents of Python extensions that are compiled, and the directory named as the build of Next.js and what names it',
    why: 'their tools make up names at random: another build by the same builder differs as well',
    applied: image =>
      withoutFiles(path => /\/\.next\/static\/[\w-]{21}(\/|$)/.test(path))(
        withoutContents(COMPILED)(withoutContents(OF_NEXT)(image)),
      ),
  },
  {
    what: 'how often the health check runs while a container starts',
    why: 'engines before 25 refuse --start-interval',
    applied: withoutSetting('Healthcheck', /"StartInterval":\d+,/),
  },
  {
    what: "the font cache of Debian's fontconfig, where a package brings it",
    why: 'it holds the times of directories',
    applied: withoutFiles(path => path.startsWith('/var/cache/fontconfig/')),
  },
  {
    what: 'empty directories of caches in stages that people develop and test in',
    why: 'BuildKit leaves the places where it mounted them',
    applied: withoutFiles(
      (path, line) => /^\/root\/\.(npm|cache(\/pip)?)$/.test(path) && line.startsWith('directory '),
    ),
  },
  {
    what: 'what Node has compiled, below /tmp of stages that build a frontend',
    why: 'V8 writes it another way each time',
    applied: withoutFiles(path => path.startsWith('/tmp/node-compile-cache')),
  },
  {
    what: 'empty /etc/hosts, /etc/hostname and /etc/resolv.conf',
    why: 'buildah leaves the places where a step had its own; a container has its own there as well',
    applied: withoutFiles(path => ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'].includes(path)),
  },
  {
    what: 'a label with the version of buildah',
    why: 'buildah adds it, unless it is told --identity-label=false',
    applied: withoutSetting('Labels', /,"io\.buildah\.version":"[^"]*"|"io\.buildah\.version":"[^"]*",?/),
  },
];

/** What differs of two archives that may not. */
export async function unequal(one: string, other: string): Promise<readonly string[]> {
  const listed = async (archive: string) =>
    ALLOWED.reduce((image, { applied }) => applied(image), await readImage(archive));
  return differences(await listed(one), await listed(other));
}

/** What makes an image of a component into an archive. */
export type Builder = (app: EjectedApp, component: { readonly id: string; readonly target: string }) => Promise<string>;

/** By `./quayside build`, from the source as it was before it was ejected. */
export const byQuayside: Builder = async ({ source, dir }, { id }) => {
  const archive = join(dir, `quayside-${id}.tar`);
  const { code, stderr } = await quayside(['build', `--source=${source}`, `--component=${id}`, `--output=${archive}`]);
  if (code !== 0) throw new Error(`./quayside build of ${id} fails:\n${stderr}`);
  return archive;
};

/** What this process adds to steps that install Debian packages, lest one be answered from before Debian's last update: Docker, which begins empty, installs now. */
const now = `: ${Date.now()}`;

/** The plan whose Debian packages are installed now. */
function installedNow(plan: Plan): Plan {
  const stages = plan.stages.map(stage => ({
    ...stage,
    steps: stage.steps.map(step =>
      step.kind === 'script' && step.debian !== undefined ? { ...step, lines: [now, ...step.lines] } : step,
    ),
  }));
  return { ...plan, stages };
}

/** By the graph that the plan is for the engine, from the same source: any stage, also those that no function hands out. */
export const byGraph: Builder = async ({ source, dir, plan }, { target }) => {
  const [runner, file] = [join(dir, 'stage-runner.mjs'), join(dir, 'plan.json')];
  await bundleRunner('stage-runner', runner);
  writeFileSync(file, planJson(installedNow(plan)));
  const { code, stderr } = await quayside(['run', '--', 'node', runner, file, source, dir, target]);
  if (code !== 0) throw new Error(`the graph of ${target} fails:\n${stderr}`);
  return join(dir, `graph-${target}.tar`);
};

/** By `docker build` of the rendered Dockerfile. */
export const byDocker =
  (docker: DockerEngine): Builder =>
  async ({ path, dir }, { id, target }) => {
    const archive = join(dir, `docker-${id}.tar`);
    rmSync(archive, { force: true });
    await docker.run(['build', `--target=${target}`, `--tag=equal-${id}`, path]);
    await docker.run(['save', `--output=${archive}`, `equal-${id}`]);
    await docker.run(['image', 'rm', `equal-${id}`]);
    return archive;
  };
