/** From a reference to a file tree: out of a registry, or as a stand-in when no registry answers and a recipe is there. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InfrastructureError } from '../errors.js';
import { defaultPath } from '../objects/container.js';
import { sha256 } from '../objects/digest.js';
import { emptyConfig, type ImageConfig } from '../objects/image-config.js';
import { defineOp, emptyTree, everything, type Op } from '../objects/op.js';
import type { ImageConfig as StoredConfig } from '../oci/image-config.js';
import type { EngineContext } from '../solve/context.js';
import { type PullResult, pullImage } from './pull.js';
import { listStandIns, loadRecipes, type RecipeStep, resolveStandIn, type StandIn } from './recipe.js';
import { formatReference, parseReference } from './registry-reference.js';

export interface ResolvedImage {
  readonly rootfs: Op;
  readonly config: ImageConfig;
  /** The whole name, with the digest where a registry gave one. */
  readonly reference: string;
}

export type ResolveImage = (address: string, platform: string) => Promise<ResolvedImage>;

const recipesDir = fileURLToPath(new URL('../../images', import.meta.url));
const hour = 3_600_000;
/** How long a tag means what it meant when it was last looked up. */
const tagFreshness = 24 * hour;
/** How long a registry that did not answer is not asked again. */
const silenceFreshness = hour / 2;

type Lookup = { readonly at: number; readonly result: PullResult };

/** What `FROM debian` writes for the architectures npm and Debian know. */
export const hostPlatform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;

const nanoseconds = (value: number | undefined): string => (value === undefined ? '' : `${value}ns`);

function fromStored(config: StoredConfig): ImageConfig {
  const { healthcheck } = config;
  const [kind, ...args] = healthcheck?.test ?? [];
  return {
    ...emptyConfig,
    env: config.env.map(entry => entry.split(/=(.*)/s).slice(0, 2) as [string, string]),
    labels: Object.entries(config.labels ?? {}),
    entrypoint: config.entrypoint ?? [],
    defaultArgs: config.cmd ?? [],
    user: config.user ?? '',
    workdir: config.workdir ?? '',
    ports: (config.exposedPorts ?? []).map(text => {
      const [port, protocol = 'tcp'] = text.split('/');
      return {
        port: Number(port),
        protocol: protocol === 'udp' ? 'UDP' : 'TCP',
        description: null,
        skipHealthcheck: false,
        fromImage: true,
      };
    }),
    ...(healthcheck && kind !== 'NONE'
      ? {
          healthcheck: {
            args,
            shell: kind === 'CMD-SHELL',
            interval: nanoseconds(healthcheck.interval),
            timeout: nanoseconds(healthcheck.timeout),
            startPeriod: nanoseconds(healthcheck.startPeriod),
            startInterval: nanoseconds(healthcheck.startInterval),
            retries: healthcheck.retries ?? 0,
          },
        }
      : {}),
  };
}

function applyStep(base: Op, step: RecipeStep, architecture: 'amd64' | 'arm64'): Op {
  const file = (name: string, contents: string, mode: number) =>
    defineOp({ kind: 'write', base: emptyTree, path: `/${name}`, contents, owner: '', mode });
  switch (step.kind) {
    case 'run': {
      const script = `/dev/.quayside/${step.script.name}`;
      return defineOp({
        kind: 'exec',
        rootfs: base,
        args: ['sh', '-eu', script, ...step.args],
        env: [['PATH', defaultPath]],
        secretEnv: [],
        user: '',
        workdir: '/',
        mounts: [
          {
            kind: 'file',
            path: script,
            source: { op: file(step.script.name, step.script.content, 0o644), path: `/${step.script.name}` },
            owner: '',
          },
        ],
        bindings: [],
        platform: `linux/${architecture}`,
        stdin: '',
        redirectStdin: '',
        redirectStdout: '',
        redirectStderr: '',
        expect: 'SUCCESS',
      });
    }
    case 'copy':
      return defineOp({ kind: 'write', base, path: step.to, contents: step.file.content, owner: '', mode: step.mode });
    case 'npm': {
      const pick = <T>(value: T | { readonly amd64: T; readonly arm64: T }): T =>
        typeof value === 'object' && value !== null && 'amd64' in value ? value[architecture] : (value as T);
      const source = defineOp({
        kind: 'npm',
        package: pick(step.fetch.package),
        version: step.fetch.version,
        integrity: pick(step.fetch.integrity),
      });
      return defineOp({
        kind: 'copy',
        base,
        to: step.fetch.to,
        source: { op: source, path: '/' },
        filter: { ...everything, include: step.fetch.pick ?? [], exclude: step.fetch.omit ?? [] },
        owner: '0:0',
      });
    }
  }
}

function standInImage(standIn: StandIn, platform: string): ResolvedImage {
  const architecture = platform.endsWith('/arm64') ? 'arm64' : 'amd64';
  const { suite, variant, finish } = standIn.bootstrap;
  const root: Op = defineOp({ kind: 'bootstrap', suite, variant, finish: finish?.content ?? '' });
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

/** Opens the resolver of a session. The same reference is looked up once per session, and a fresh answer is used again by the next. */
export function openImages(context: EngineContext): ResolveImage {
  const session = new Map<string, Promise<ResolvedImage>>();
  /** What a stand-in is need not be said twice. */
  let explained = false;
  const file = (name: string) => join(context.dirs.references, `${sha256(name).slice(0, 32)}.json`);
  const recall = async <T>(name: string): Promise<T | undefined> =>
    readFile(file(name), 'utf8').then(JSON.parse, () => undefined);
  const remember = async (name: string, value: unknown): Promise<void> => {
    const temporary = `${file(name)}.${context.sessionId}`;
    await writeFile(temporary, JSON.stringify(value));
    await rename(temporary, file(name));
  };

  const ask = async (address: string, registry: string, platform: string): Promise<PullResult> => {
    const known = await recall<Lookup>(`${address} ${platform}`);
    if (known && Date.now() - known.at < tagFreshness) return known.result;
    const silent = await recall<Lookup>(`registry ${registry}`);
    if (silent && Date.now() - silent.at < silenceFreshness) return silent.result;
    const [os = 'linux', architecture = 'amd64', variant] = platform.split('/');
    const env = { CONTAINERS_CONF: join(context.sessionDir, 'containers.conf') };
    const result = await pullImage(address, {
      platform: { os, architecture, ...(variant ? { variant } : {}) },
      storageDir: context.dirs.images,
      env,
      signal: context.activity.signal,
    });
    if (result.kind === 'pulled') await remember(`${address} ${platform}`, { at: Date.now(), result });
    if (result.kind === 'unreachable') await remember(`registry ${registry}`, { at: Date.now(), result });
    return result;
  };

  const fromRegistry = async (result: Extract<PullResult, { kind: 'pulled' }>): Promise<ResolvedImage> => {
    const layers = result.layerDirs.map(directory => sha256(directory).slice(0, 16));
    await Promise.all(result.layerDirs.map((directory, i) => context.store.linkLayer(layers[i]!, directory)));
    return {
      reference: result.reference,
      rootfs: defineOp({ kind: 'layers', origin: 'image', content: result.digest, layers }),
      config: fromStored(result.config),
    };
  };

  const resolve = async (address: string, platform: string): Promise<ResolvedImage> => {
    const parsed = parseReference(address);
    const full = formatReference(parsed);
    const result = await ask(full, parsed.registry, platform);
    switch (result.kind) {
      case 'pulled':
        return fromRegistry(result);
      case 'absent':
        throw new Error(`image ${full} (${platform}): ${result.reason}`);
      case 'unreachable': {
        const recipes = loadRecipes(recipesDir);
        const standIn = resolveStandIn(recipes, full);
        if (standIn === undefined) {
          throw new InfrastructureError(
            `image ${full}: no registry answers (${result.reason}) and ${basename(recipesDir)}/ has no recipe for it. Recipes: ${listStandIns(recipes).join(', ')}`,
          );
        }
        if (platform !== hostPlatform)
          throw new InfrastructureError(
            `image ${full}: no registry answers (${result.reason}), and a stand-in can be made for ${hostPlatform} only, not for ${platform}`,
          );
        context.emit({
          kind: 'notice',
          text: [
            `stand-in for ${full}`,
            ...(explained ? [] : ['no registry answers, so it is made of Debian, PyPI and npm packages']),
            ...(standIn.note === undefined ? [] : [standIn.note]),
          ].join(': '),
        });
        explained = true;
        return standInImage(standIn, platform);
      }
    }
  };

  return (address, platform) => {
    const name = `${address} ${platform}`;
    const known = session.get(name);
    if (known !== undefined) return known;
    const resolving = resolve(address, platform);
    session.set(name, resolving);
    resolving.catch(() => session.delete(name));
    return resolving;
  };
}
