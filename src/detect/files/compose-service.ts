/** One service of a compose file: its short and long forms brought into one. */
import { defined, unlessEmpty } from '../../source/defined.js';
import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { ComposeNode } from './compose-nodes.js';

/** A command: one line, which compose splits into words as a shell would, or the words themselves. */
export type ComposeCommand =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** A variable of a service; without a value it has that of whoever starts compose. */
export interface ComposeVariable {
  readonly name: string;
  readonly value?: string;
}

/** A directory or volume in a service; `source` is '' when nobody named one. */
export interface ComposeMount {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

/** One service of a compose file. Every value has its place. */
export interface ComposeService {
  readonly name: Sourced<string>;
  readonly image?: Sourced<string>;
  /** Directory that it is built from. */
  readonly build?: Sourced<string>;
  /** Its Dockerfile, relative to that directory. */
  readonly dockerfile?: Sourced<string>;
  /** Directory of the source that it mounts the code from which it runs, where its image has none. */
  readonly code?: string;
  readonly command?: Sourced<ComposeCommand>;
  /** What runs in place of the image's own entrypoint. */
  readonly entrypoint?: Sourced<ComposeCommand>;
  /** The command that asks whether it is well, in one line. */
  readonly healthCheck?: Sourced<string>;
  /** Whether it is started again when it ends: then it is to run as long as the app does. */
  readonly isKept: boolean;
  readonly environment: readonly Sourced<ComposeVariable>[];
  /** Files of variables, relative to the compose file. */
  readonly envFiles: readonly Sourced<string>[];
  readonly mounts: readonly Sourced<ComposeMount>[];
  /** Ports in the container that are published, as written: `8000`, `8000-8005`. */
  readonly ports: readonly Sourced<string>[];
  /** What it is started for; absent: always. */
  readonly profiles?: readonly string[];
  /** Names of services that start before it. */
  readonly dependsOn: readonly Sourced<string>[];
}

/** The Dockerfile that a service is built from, relative to the compose file. */
export function dockerfileOf({ build, dockerfile }: ComposeService): string | undefined {
  return build && resolvePath(resolvePath('', build.value), dockerfile?.value ?? 'Dockerfile');
}

/** Reads a service; what is not in compose's form is left out. */
export function readService(name: Sourced<string>, node: ComposeNode): ComposeService {
  const build = node.get('build');
  const context =
    build?.kind === 'mapping' ? (textOf(build.get('context')) ?? { value: '.', place: build.place }) : textOf(build);
  return {
    name,
    ...defined({
      image: textOf(node.get('image')),
      build: context,
      dockerfile: textOf(build?.get('dockerfile')),
      command: commandOf(node.get('command')),
      profiles: unlessEmpty(listOf(node.get('profiles')).flatMap(item => item.text() ?? [])),
      entrypoint: commandOf(node.get('entrypoint')),
      healthCheck: lineOf(node.get('healthcheck')?.get('test')),
    }),
    isKept: /^(always|unless-stopped|on-failure.*)$/.test(node.get('restart')?.text() ?? ''),
    environment: environmentOf(node.get('environment')),
    envFiles: listOf(node.get('env_file')).flatMap(item => textOf(item.get('path') ?? item) ?? []),
    mounts: (node.get('volumes')?.items() ?? []).flatMap(mountOf),
    ports: (node.get('ports')?.items() ?? []).flatMap(portOf),
    dependsOn: dependenciesOf(node.get('depends_on')),
  };
}

/** A service of a file in a directory: what it names of the source, seen from the top. */
export function seenFromTop(service: ComposeService, directory: string): ComposeService {
  if (directory === '') return service;
  const within = (value: string) => resolvePath(directory, value) || '.';
  const { build, envFiles, mounts } = service;
  return {
    ...service,
    ...(build && { build: { ...build, value: within(build.value) } }),
    envFiles: envFiles.map(file => ({ ...file, value: within(file.value) })),
    mounts: mounts.map(({ value, ...at }) => ({
      ...at,
      value: /^\.{1,2}(\/|$)/.test(value.source) ? { ...value, source: `./${within(value.source)}` } : value,
    })),
  };
}

function textOf(node: ComposeNode | undefined): Sourced<string> | undefined {
  const value = node?.text();
  return node && value !== undefined ? { value, place: node.place } : undefined;
}

/** The items of a list, or the one value that stands for a list of one. */
function listOf(node: ComposeNode | undefined): readonly ComposeNode[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items() : [node];
}

function lineOf(node: ComposeNode | undefined): Sourced<string> | undefined {
  if (node?.kind !== 'list') return textOf(node);
  return {
    value: node
      .items()
      .flatMap(item => item.text() ?? [])
      .join(' '),
    place: node.place,
  };
}

function commandOf(node: ComposeNode | undefined): Sourced<ComposeCommand> | undefined {
  if (node?.kind === 'list') {
    const [first, ...others] = node.items().flatMap(item => item.text() ?? []);
    if (first === undefined) return undefined;
    // The one argument of an image that starts whatever it is given by a shell: no program has blanks in its name.
    const words = others.length === 0 && /\S\s+\S/.test(first) ? ['sh', '-c', first] : [first, ...others];
    return { value: { kind: 'words', words }, place: node.place };
  }
  const line = textOf(node);
  return line && { ...line, value: { kind: 'line', line: line.value } };
}

/** `NAME: value` entries of a mapping, or `NAME=value` items of a list. */
function environmentOf(node: ComposeNode | undefined): readonly Sourced<ComposeVariable>[] {
  const entries = (node?.entries() ?? []).map(({ key, value }) => ({
    value: defined({ name: key.value, value: value.text() }),
    place: key.place,
  }));
  const items = (node?.items() ?? []).flatMap(item => {
    const [, name, value] = /^([^=]+)(?:=(.*))?$/s.exec(item.text() ?? '') ?? [];
    return name === undefined ? [] : [{ value: defined({ name, value }), place: item.place }];
  });
  return [...entries, ...items];
}

/** Stands for a value that whoever runs it has elsewhere. */
const UNKNOWN = '\0';

/** A mount, unless nobody knows here where it lies in the container. */
function mountOf(node: ComposeNode): readonly Sourced<ComposeMount>[] {
  const { place } = node;
  if (node.kind === 'mapping') {
    const target = node.get('target')?.text(UNKNOWN);
    const source = node.get('source')?.text() ?? '';
    return target && !target.includes(UNKNOWN)
      ? [{ value: { source, target, isReadOnly: node.get('read_only')?.text() === 'true' }, place }]
      : [];
  }
  const [first = '', second, mode = ''] = (node.text(UNKNOWN) ?? '').split(':');
  const [from, target] = second === undefined ? ['', first] : [first, second];
  const source = from.replaceAll(UNKNOWN, '');
  return target === '' || target.includes(UNKNOWN)
    ? []
    : [{ value: { source, target, isReadOnly: mode.split(',').includes('ro') }, place }];
}

/** The port in the container: `127.0.0.1:8001:8000/tcp` publishes 8000. */
function portOf(node: ComposeNode): readonly Sourced<string>[] {
  const written = textOf(node.get('target') ?? node);
  const value = written?.value
    .replace(/\/\w+$/, '')
    .split(':')
    .at(-1);
  return value ? [{ value, place: node.place }] : [];
}

function dependenciesOf(node: ComposeNode | undefined): readonly Sourced<string>[] {
  const keys = (node?.entries() ?? []).map(({ key }) => key);
  return [...keys, ...(node?.items() ?? []).flatMap(item => textOf(item) ?? [])];
}

/** Services with what an override says of them, as compose merges the two: single values are replaced, lists and mappings added to. */
export function mergedServices(
  services: readonly ComposeService[],
  overrides: readonly ComposeService[],
): readonly ComposeService[] {
  const named = new Map(services.map(service => [service.name.value, service]));
  for (const override of overrides) {
    const service = named.get(override.name.value);
    named.set(override.name.value, service ? mergedService(service, override) : override);
  }
  return [...named.values()];
}

function mergedService(service: ComposeService, override: ComposeService): ComposeService {
  return {
    ...service,
    ...override,
    name: service.name,
    isKept: service.isKept || override.isKept,
    environment: lastOfEach([...service.environment, ...override.environment], ({ name }) => name),
    envFiles: [...service.envFiles, ...override.envFiles],
    mounts: lastOfEach([...service.mounts, ...override.mounts], ({ target }) => target),
    ports: lastOfEach([...service.ports, ...override.ports], port => port),
    dependsOn: lastOfEach([...service.dependsOn, ...override.dependsOn], name => name),
  };
}

function lastOfEach<T>(values: readonly Sourced<T>[], key: (value: T) => string): readonly Sourced<T>[] {
  return [...new Map(values.map(item => [key(item.value), item])).values()];
}
