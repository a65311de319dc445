/** Development by compose: the source is mounted, or carried over by `docker compose watch`, and edits are taken in. */
import { imageName, imageSettings, isApp } from '../plan/look-up.js';
import type { Debugged, Plan, Process } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import {
  built,
  composeHealth,
  dependenciesIfThere,
  escaped,
  healthOf,
  migrating,
  passwordEnvironment,
  processesFor,
  secretEnvironment,
  servedMounts,
} from './compose-parts.js';
import type { RenderedSource } from './rendered.js';
import { variablePrefix } from './secrets.js';
import { watchRules } from './watch-rules.js';
import type { YamlData } from './yaml-file.js';

/** Who runs what is developed: files that containers make belong to whoever started them. */
const HOST_USER = '${UID:-1000}:${GID:-1000}';

/** The same where edits are carried over: Docker 20.10 looks for the container's user among those of the machine, without a group. */
const CARRIER = '${UID:-1000}';

/** What the image has compiled of the app is what an edit is about, and Python does not look whether it still holds. */
const UNCOMPILED = { PYTHONPYCACHEPREFIX: '/tmp/pycache', PYTHONDONTWRITEBYTECODE: '' };

/** How what is edited comes into containers: they see it where it lies, or `docker compose watch` carries it over. */
type Way = 'mounted' | 'watched';

/** What development adds to the base. */
export function development(plan: Plan, source: RenderedSource, way: Way): YamlData {
  const services = plan.services.map(service => {
    const { id, ports } = service;
    const environment = unlessEmpty(passwordEnvironment(service));
    const volumes = unlessEmpty(servedMounts(plan, service.profiles.dev?.files ?? []));
    return [id, defined({ environment, volumes, ports: ports.map(port => onLoopback(id, port)) })] as const;
  });
  const processes = processesFor(plan, 'dev').map(
    process => [process.id, developed(process, { plan, source, way })] as const,
  );
  return { services: Object.fromEntries([...services, ...processes]) };
}

/** A port that nobody but this machine reaches; a variable moves it. */
function onLoopback(id: string, port: number): string {
  return `127.0.0.1:\${${variablePrefix(id)}_PORT_${port}:-${port}}:${port}`;
}

/** What it is developed in. */
interface Around {
  readonly plan: Plan;
  readonly source: RenderedSource;
  readonly way: Way;
}

function developed(process: Process, { plan, source, way }: Around): YamlData {
  const { id, needs, after, port } = process;
  const { image = process.image, command = process.command, mounts = [], env = {}, debug } = process.profiles.dev ?? {};
  const isMounted = mounts.length > 0 && way === 'mounted';
  const isCarried = mounts.length > 0 && way === 'watched' && isApp(process);
  const shares = way === 'watched' && process.role === 'assets';
  // What only development has stands in no other file.
  const isOnlyHere = process.only !== undefined;
  return defined({
    ...withDebugger(plan, image, debug),
    command: command?.map(escaped),
    user: isMounted ? HOST_USER : isCarried ? CARRIER : undefined,
    // The directories of the image that the app writes to are its group's, which every user of a container manager may be in.
    group_add: isMounted ? ['0'] : undefined,
    environment: unlessEmpty({
      ...(isMounted || isCarried ? { HOME: '/tmp' } : {}),
      ...(isCarried ? UNCOMPILED : {}),
      ...secretEnvironment(plan, process),
      ...env,
      ...migrating(plan, process),
    }),
    volumes: unlessEmpty(
      isMounted
        ? mounts.flatMap(({ path, to, keep }) => [`./${path}:${to}`, ...keep])
        : shares
          ? mounts.map(({ to }) => to)
          : [],
    ),
    volumes_from: way === 'watched' && process.role === 'web' ? unlessEmpty(builders(plan)) : undefined,
    develop: mounts.length > 0 ? { watch: watchRules(plan, source, process) } : undefined,
    healthcheck: isOnlyHere ? healthOf(process) : missingHealth(plan, process, image),
    depends_on: isOnlyHere && after.length > 0 ? dependenciesIfThere(plan, needs, after) : undefined,
    ports: unlessEmpty([...(port === undefined ? [] : [onLoopback(id, port)]), ...(debug ? [debugPort(debug)] : [])]),
  });
}

/** The variable that has the app debugged, and is the port of this machine for it. */
export const DEBUGGER = 'DEBUGGER_PORT';

/** The image, and how it is built: the one with a debugger where the variable is set. */
function withDebugger(plan: Plan, image: string, debug: Debugged | undefined): YamlData {
  if (debug === undefined) return built(plan, image);
  const { build } = built(plan, debug.image) as { readonly build: object };
  return {
    image: switched(imageName(plan, image), imageName(plan, debug.image)),
    build: { ...build, target: switched(image, debug.image) },
  };
}

/** One text, and where the variable is set another one that begins with it. */
function switched(plain: string, debugged: string): string {
  return `${plain}\${${DEBUGGER}:+${debugged.slice(plain.length)}}`;
}

/** Without the variable any free port, on which nothing answers. */
function debugPort({ port }: Debugged): string {
  return `127.0.0.1:\${${DEBUGGER}:-0}:${port}`;
}

/** The check that production's image has and that of development lacks: others wait for it. */
function missingHealth({ stages }: Plan, process: Process, image: string): YamlData | undefined {
  const check = imageSettings(stages, process.image).healthcheck;
  const isThere = process.probe.kind === 'exec' || imageSettings(stages, image).healthcheck !== undefined;
  return isThere || check === undefined ? undefined : composeHealth(check);
}

/** The processes that build what others hand out, which without a mount comes to those by a volume. */
function builders(plan: Plan): readonly string[] {
  return processesFor(plan, 'dev').flatMap(({ id, role, profiles }) =>
    role === 'assets' && (profiles.dev?.mounts ?? []).length > 0 ? [id] : [],
  );
}
