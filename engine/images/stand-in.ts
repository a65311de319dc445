/** A stand-in as operations: its root by mmdebstrap, then each step of its recipes. */
import { defined } from '../defined.js';
import { defaultPath } from '../objects/container.js';
import { defineOp, emptyTree, everything, type Op } from '../objects/op.js';
import { ownScriptPath } from '../objects/own-script.js';
import { hostPlatform, platformArchitecture } from '../objects/platform.js';
import type { RecipeAsset, RecipeStep, StandIn } from './recipe.js';
import type { NpmFetch } from './recipe-schema.js';
import type { ResolvedImage } from './resolved-image.js';
import { fromStored } from './stored-config.js';

const architectures = ['amd64', 'arm64'] as const;
type Architecture = (typeof architectures)[number];

/** The platforms that a stand-in can be made for. */
export const madeFor: readonly string[] = architectures.map(architecture => `linux/${architecture}`);

/** Whether a stand-in can be made for a platform. */
export function isMadeFor(platform: string): boolean {
  return architectureOf(platform) !== undefined;
}

function architectureOf(platform: string): Architecture | undefined {
  return platform.startsWith('linux/')
    ? architectures.find(architecture => architecture === platformArchitecture(platform))
    : undefined;
}

/** Describes the image of a stand-in for one of the platforms that it can be made for; nothing is made yet. */
export function standInImage(standIn: StandIn, platform: string): ResolvedImage {
  const architecture = architectureOf(platform)!;
  const { suite, variant, finish } = standIn.bootstrap;
  const foreign = architecture === platformArchitecture(hostPlatform) ? undefined : architecture;
  const root: Op = defineOp({
    kind: 'bootstrap',
    suite,
    variant,
    finish: finish?.content ?? '',
    ...defined({ architecture: foreign }),
  });
  const { config } = standIn;
  return {
    reference: standIn.reference,
    rootfs: standIn.steps.reduce<Op>((base, step) => applyStep(base, step, architecture), root),
    config: fromStored({
      env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
      labels: config.labels,
      entrypoint: config.entrypoint ?? [],
      cmd: config.cmd ?? [],
      user: config.user ?? '',
      workdir: config.workdir ?? '',
      exposedPorts: config.ports,
    }),
  };
}

function applyStep(base: Op, step: RecipeStep, architecture: Architecture): Op {
  switch (step.kind) {
    case 'run':
      return runScript(base, step, architecture);
    case 'copy':
      return defineOp({ kind: 'write', base, path: step.to, contents: step.file.content, owner: '', mode: step.mode });
    case 'npm':
      return addPackage(base, step.fetch, architecture);
  }
}

/** Runs a script as root with a plain environment; it is mounted for that time only. */
function runScript(base: Op, { script, args }: Extract<RecipeStep, { kind: 'run' }>, architecture: Architecture): Op {
  const path = ownScriptPath(script.name);
  return defineOp({
    kind: 'exec',
    rootfs: base,
    args: ['sh', '-eu', path, ...args],
    env: [['PATH', defaultPath]],
    volatileEnv: [],
    secretEnv: [],
    user: '',
    workdir: '/',
    mounts: [{ kind: 'file', path, source: { op: scriptFile(script), path: `/${script.name}` }, owner: '' }],
    bindings: [],
    platform: `linux/${architecture}`,
    stdin: '',
    redirectStdin: '',
    redirectStdout: '',
    redirectStderr: '',
    expect: 'SUCCESS',
  });
}

function scriptFile({ name, content }: RecipeAsset): Op {
  return defineOp({ kind: 'write', base: emptyTree, path: `/${name}`, contents: content, owner: '', mode: 0o644 });
}

function addPackage(base: Op, fetch: NpmFetch, architecture: Architecture): Op {
  const pick = <T>(value: T | { readonly amd64: T; readonly arm64: T }): T =>
    typeof value === 'object' && value !== null && 'amd64' in value ? value[architecture] : (value as T);
  const source = defineOp({
    kind: 'npm',
    package: pick(fetch.package),
    version: fetch.version,
    integrity: pick(fetch.integrity),
  });
  return defineOp({
    kind: 'copy',
    base,
    to: fetch.to,
    source: { op: source, path: '/' },
    filter: { ...everything, include: fetch.pick ?? [], exclude: fetch.omit ?? [] },
    counts: 'selected',
    owner: '0:0',
  });
}
