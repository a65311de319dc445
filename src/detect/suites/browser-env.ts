/** Variables of browser tests that the app's own deployment or the app itself has values for. */
import { unlessEmpty } from '../../source/defined.js';
import { isWithin } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { BrowserVariable, NodeSuiteFacts, ServiceFacts, ServiceKind } from '../facts.js';
import { readCompose } from '../files/compose.js';
import { type ComposeService, dockerfileOf } from '../files/compose-service.js';
import { imageKind } from '../files/service-images.js';

/** Files with tests and what they share, by where they lie. */
const TESTS = /(^|\/)((tests?|e2e|specs?|playwright)\/(.+\/)?[^/]+|playwright\.config)\.[cm]?[jt]sx?$/;

/** What the variables are told by. */
export interface Told {
  readonly source: Tree;
  readonly services: readonly ServiceFacts[];
  /** Variables that the app itself has in trials, secrets among them. */
  readonly ofApp: readonly string[];
}

/**
 * Finds them for a suite: what the container that runs it in the app's compose file is given, and what of the app's own variables its tests
 * name. The one with the address of the app is told of by the configuration of the tests.
 */
export async function withBrowserEnv(suite: NodeSuiteFacts, told: Told): Promise<NodeSuiteFacts> {
  if (!suite.browser) return suite;
  const given = await givenInCompose(told);
  const named = await namedByTests(suite.project.root, told);
  const all = new Map([...named, ...given].map(found => [found.variable.value, found]));
  all.delete(suite.addressVariable?.value ?? '');
  const env = unlessEmpty([...all.values()]);
  return env ? { ...suite, env } : suite;
}

async function givenInCompose({ source, services, ofApp }: Told): Promise<readonly BrowserVariable[]> {
  const all = (await readCompose(source))?.services ?? [];
  return all.filter(runsBrowser).flatMap(({ name, environment }) =>
    environment.flatMap(({ value: { name: variable, value = '' }, place }): readonly BrowserVariable[] => {
      const found = { variable: { value: variable, place, why: `as ${name.value} has it` } };
      if (ofApp.includes(variable)) return [{ kind: 'app', ...found }];
      const [, host, port] = /^https?:\/\/([\w.-]+)(?::(\d+))?\/?$/.exec(value) ?? [];
      const other = all.find(service => service.name.value === host);
      if (!other) return [];
      if (other.build) return [{ kind: 'address', ...found }];
      const service = services.find(({ kind }) => isImageOf(kind, other.image?.value ?? ''));
      return service && port ? [{ kind: 'service', ...found, service: service.kind, port: Number(port) }] : [];
    }),
  );
}

/** Whether an image is a service's; what takes mail has no image that would say that an app needs it. */
function isImageOf(kind: ServiceKind, image: string): boolean {
  return imageKind(image) === kind || /(?:^|\/)([\w-]+)(?:[:@]|$)/.exec(image)?.[1] === kind;
}

/** Whether a container is there to run browser tests: by its image, its Dockerfile or what it starts. */
function runsBrowser(service: ComposeService): boolean {
  const { image, command } = service;
  const started = command?.value.kind === 'line' ? command.value.line : (command?.value.words.join(' ') ?? '');
  return [image?.value ?? '', dockerfileOf(service) ?? '', started].some(text => /\bplaywright\b/i.test(text));
}

/** `process.env.NAME`, or any text that is the name of one: helpers are told which to read. */
async function namedByTests(root: string, { source, ofApp }: Told): Promise<readonly BrowserVariable[]> {
  const files = source.paths.filter(path => isWithin(path, root) && TESTS.test(path) && !/node_modules\//.test(path));
  const texts = await Promise.all(
    files.map(async file => ({ file, lines: ((await source.read(file)) ?? '').split('\n') })),
  );
  return ofApp.flatMap(name => {
    const word = new RegExp(`(process\\.env\\.|["'\`])${name}\\b`);
    const [variable] = texts.flatMap(({ file, lines }): readonly Sourced<string>[] => {
      const at = lines.findIndex(line => word.test(line));
      return at < 0 ? [] : [{ value: name, place: { file, line: at + 1 }, why: 'named by the tests' }];
    });
    return variable ? [{ kind: 'app', variable } as const] : [];
  });
}
