/** The app as it is developed: its source mounted over the image's, under servers that take in edits. */
import type { Facts, FrontendFacts } from '../detect/facts.js';
import type { Process, ProcessProfile, SourceMount, Stage } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { joinPath } from '../source/paths.js';
import { quoteWords } from '../source/quote-words.js';
import type { FrontendDefinition } from '../support/frontends/definition.js';
import { FRONTENDS } from '../support/frontends/index.js';
import { runServer } from '../support/run-servers.js';
import { onAs } from '../support/switches.js';
import { frameworkOf } from '../support/web-frameworks.js';
import { assetPath, bring } from './assets.js';
import { BASE_PYTHON, bringPackages } from './brought-packages.js';
import { FRONTEND_STAGE } from './frontend.js';
import { serverHealth } from './images/production.js';
import { installRoot, programOf } from './node.js';
import { APP_DIR, ENTRYPOINT, insideApp, USER } from './paths.js';
import type { Ports } from './ports.js';
import { mayDo, STOP } from './process-bounds.js';
import { serverCommand } from './server.js';
import { shell } from './shell.js';
import { developersValues, isDebugging, valuesElsewhere } from './variables.js';

/** Ids of the stages, and of the process that builds the frontend's files anew. */
const DEVELOPMENT = 'development';
const DEBUGGED = 'development-debug';
const FRONTEND_DEVELOPMENT = 'frontend-development';
const ASSETS = 'assets';

type DevelopmentFacts = Pick<
  Facts,
  | 'django'
  | 'entry'
  | 'environment'
  | 'framework'
  | 'frontend'
  | 'migrate'
  | 'server'
  | 'started'
  | 'variables'
  | 'workers'
>;

/** The images that development runs in: the one of the tests, with the server that takes in edits, that with a debugger, and the frontend's with its packages. */
export function developmentStages(facts: DevelopmentFacts & Pick<Facts, 'python'>, ports: Ports): readonly Stage[] {
  const { frontend } = facts;
  const command = frontend && commandOf(frontend, ports);
  const served = reloading(facts, ports)?.command ?? serverCommand(facts);
  const settings = defined({ DJANGO_SETTINGS_MODULE: facts.django?.developers?.value });
  const values = { ...valuesElsewhere(facts, 'developers'), ...settings };
  return [
    {
      id: DEVELOPMENT,
      base: { kind: 'stage', stage: 'test' },
      platform: 'target',
      steps: [
        ...(Object.keys(values).length > 0 ? [{ kind: 'env', values } as const] : []),
        { kind: 'expose', port: ports.app },
        serverHealth(facts),
        { kind: 'entrypoint', args: [ENTRYPOINT], command: served },
      ],
    },
    debugStage(facts, served, ports),
    ...(command ? [frontendDevelopment(frontend, command, ports)] : []),
  ];
}

/** Development with a debugger, which nothing has unless somebody asks for it. */
function debugStage({ python }: Pick<Facts, 'python'>, command: readonly string[], ports: Ports): Stage {
  return {
    id: DEBUGGED,
    base: { kind: 'stage', stage: DEVELOPMENT },
    platform: 'target',
    steps: [
      { kind: 'user', user: 'root' },
      ...bringPackages('install the debugger', 'debugger.txt', { from: python, python: BASE_PYTHON }),
      bring('debug.py'),
      { kind: 'expose', port: ports.debugger },
      { kind: 'entrypoint', args: [ENTRYPOINT, 'python', assetPath('debug.py'), `${ports.debugger}`], command },
      { kind: 'user', user: USER.name },
    ],
  };
}

/** How a process that has the app's code is developed. */
export function developedCode(facts: DevelopmentFacts): ProcessProfile {
  const { frontend } = facts;
  // What the frontend's build leaves lies in the source then, where its own process puts it.
  const hasOwnBuild = frontend && !frontend.server && frontend.watch !== undefined;
  const keep =
    frontend && !frontend.server && !hasOwnBuild && !frontend.isShared ? [insideApp(frontend.output.value)] : [];
  return {
    image: DEVELOPMENT,
    env: { ...debugging(facts), ...developersValues(facts) },
    mounts: [{ path: '', to: APP_DIR, keep }],
    reloads: false,
  };
}

/** How the web server is developed. */
export function developedServer(facts: DevelopmentFacts, ports: Ports): ProcessProfile {
  const reload = reloading(facts, ports);
  const profile = { ...developedCode(facts), debug: { image: DEBUGGED, port: ports.debugger } };
  if (!reload) return profile;
  return { ...profile, ...reload, env: { ...profile.env, ...reload.env }, reloads: true };
}

/** How the frontend's own server is developed. */
export function developedFrontend(frontend: FrontendFacts, ports: Ports): ProcessProfile | undefined {
  const command = commandOf(frontend, ports);
  return command && { image: FRONTEND_DEVELOPMENT, command, mounts: [mountOf(frontend)], reloads: true };
}

/** The process that builds the frontend's files anew; none where it has a server of its own, or nothing builds at each edit. */
export function assetsProcess(frontend: FrontendFacts | undefined, ports: Ports): readonly Process[] {
  const command = frontend && !frontend.server ? commandOf(frontend, ports) : undefined;
  if (!frontend || !command) return [];
  const written = insideApp(frontend.output.value);
  return [
    {
      id: ASSETS,
      role: 'assets',
      only: ['dev'],
      image: FRONTEND_DEVELOPMENT,
      command,
      probe: {
        kind: 'exec',
        check: {
          args: ['sh', '-c', `test -n "$(ls -A ${quoteWords([written])} 2>/dev/null)"`],
          interval: '5s',
          timeout: '5s',
          startPeriod: '120s',
          startInterval: '1s',
          retries: 6,
        },
      },
      needs: [],
      after: [],
      migrates: false,
      secrets: [],
      env: {},
      volumes: [],
      security: { ...mayDo(`${USER.id}`), readOnly: false },
      stop: STOP,
      profiles: { dev: { mounts: [mountOf(frontend)], reloads: true } },
    },
  ];
}

/** The framework's own server where it serves what the app speaks, else the app's server when that takes in edits. */
function reloading(
  { framework, server, entry, django }: DevelopmentFacts,
  ports: Ports,
): Required<Pick<ProcessProfile, 'command' | 'env'>> | undefined {
  if (!entry) return undefined;
  const own = frameworkOf(framework?.value).develops;
  const command = own?.protocol === entry.value.protocol ? own.command(ports.app, django?.program) : undefined;
  if (command) return { command, env: own?.env ?? {} };
  const reload = server && runServer(server.value).develops?.(entry.value, ports.app);
  return reload && { command: reload, env: {} };
}

/** Variables that turn on what shows mistakes, in the spelling of the default that the code has for them. */
function debugging({ variables = [] }: DevelopmentFacts): Readonly<Record<string, string>> {
  const flags = variables.filter(({ name }) => isDebugging(name));
  return Object.fromEntries(flags.map(({ name, fallback: off }) => [name, onAs(off) ?? '1']));
}

function commandOf(frontend: FrontendFacts, ports: Ports): readonly string[] | undefined {
  const tool: FrontendDefinition | undefined = frontend.server && FRONTENDS[frontend.server.value];
  const words = tool?.server?.develops(ports.frontend) ?? frontend.watch;
  return words && programOf(frontend, words);
}

/** The packages stay the image's, for whoever mounts the source may have none, or those of another system. */
function mountOf(frontend: FrontendFacts): SourceMount {
  const root = installRoot(frontend);
  const directories = new Set([root, frontend.root]);
  return { path: root, to: insideApp(root), keep: [...directories].map(at => insideApp(joinPath(at, 'node_modules'))) };
}

function frontendDevelopment(frontend: FrontendFacts, command: readonly string[], ports: Ports): Stage {
  const { keep } = mountOf(frontend);
  return {
    id: FRONTEND_DEVELOPMENT,
    base: { kind: 'stage', stage: FRONTEND_STAGE },
    platform: 'target',
    steps: [
      // Tools keep caches among the packages, as whoever develops; the build has left some of its own there.
      shell('let every user keep caches', [
        `mkdir -p ${quoteWords(keep)}`,
        `chmod a+rwx ${quoteWords(keep)}`,
        `find ${quoteWords(keep)} -mindepth 1 -maxdepth 1 -type d -name '.*' ! -name .bin ! -name .pnpm -exec chmod -R a+rwX {} +`,
      ]),
      ...(frontend.server ? [{ kind: 'expose', port: ports.frontend } as const] : []),
      { kind: 'entrypoint', args: [], command },
    ],
  };
}
