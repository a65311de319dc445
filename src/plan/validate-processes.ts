/** Checks of the processes: what they run, need and wait for. */
import type { Plan, Process, SourceMount } from './types.js';
import { isPort, needProblems, relativePaths, secretProblems, variableNames } from './validate-parts.js';
import { probeProblems } from './validate-services.js';

/** What is wrong with the processes of a plan. */
export function processProblems(plan: Plan): readonly string[] {
  const { processes, front } = plan;
  const servers = processes.filter(({ role }) => role === 'web').length;
  const migrating = processes.filter(({ migrates }) => migrates).map(({ id }) => id);
  return [
    ...(servers === 1 ? [] : [`the plan has ${servers} web servers`]),
    ...(processes.some(({ id }) => id === front) ? [] : [`${front}, which people open, is no process`]),
    ...(migrating.length > 1 ? [`${migrating.join(' and ')} both migrate`] : []),
    ...sharedPorts(processes),
    ...processes.flatMap(process => problemsOf(plan, process)),
    ...waitingInCircles(processes),
  ];
}

function problemsOf(plan: Plan, process: Process): readonly string[] {
  const { front } = plan;
  const { id, port, needs, after, secrets, env, migrates, profiles, security, stop } = process;
  const owner = `process ${id}`;
  const changes = Object.values(profiles).filter(profile => profile !== undefined);
  const images = [
    process.image,
    ...changes.flatMap(({ image, debug }) => [...(image ? [image] : []), ...(debug ? [debug.image] : [])]),
  ];
  const volumes = [...process.volumes, ...changes.flatMap(profile => profile.volumes ?? [])];
  const originals = changes.flatMap(profile => (profile.originals ?? []).flatMap(({ path, at }) => [path, at]));
  const variables = [...Object.keys(env), ...changes.flatMap(profile => Object.keys(profile.env ?? {}))];
  return [
    ...images
      .filter(image => !plan.stages.some(stage => stage.id === image))
      .map(image => `${owner} runs ${image}, which is no stage`),
    ...images
      .filter(image => plan.stages.some(stage => stage.id === image && stage.platform !== 'target'))
      .map(image => `${owner} runs ${image}, of which no image is made`),
    ...[process.command, ...changes.map(({ command }) => command)]
      .filter(command => command?.length === 0)
      .map(() => `${owner} has no command`),
    ...(process.only !== undefined && id === front ? [`${owner}, which people open, is not there for everything`] : []),
    ...(process.only?.length === 0 ? [`${owner} is run for nothing`] : []),
    ...changes.flatMap(({ mounts = [] }) => mounts.flatMap(mount => mountProblems(owner, mount))),
    ...(port === undefined || isPort(port) ? [] : [`${owner}: ${port} is no port`]),
    ...(process.tls?.plainPort === undefined || isPort(process.tls.plainPort)
      ? []
      : [`${owner}: ${process.tls.plainPort} is no port`]),
    ...relativePaths(owner, process.tls ? [process.tls.certificates] : []),
    ...(process.portVariable !== undefined && port === undefined ? [`${owner} has no port to be moved`] : []),
    ...probeProblems(owner, process.probe, port === undefined ? [] : [port]),
    ...needProblems(plan, owner, needs),
    ...after
      .filter(other => !plan.processes.some(candidate => candidate.id === other))
      .map(other => `${owner} waits for ${other}, which is no process`),
    ...secretProblems(plan, owner, secrets),
    ...variableNames(owner, variables),
    ...(migrates && !plan.migration ? [`${owner} migrates, but the app has no migrations`] : []),
    ...relativePaths(owner, [...volumes, ...originals, ...(process.reads ?? []), ...security.tmp]),
    ...belowProblems(process),
    ...(/^\d+$/.test(security.user) ? [] : [`${owner}: its user ${security.user} is no number`]),
    ...(/^SIG[A-Z0-9]+$/.test(stop.signal) ? [] : [`${owner}: ${stop.signal} is no signal`]),
    ...(stop.seconds > 0 ? [] : [`${owner} has no time to stop`]),
  ];
}

function belowProblems({ id, below, port }: Process): readonly string[] {
  if (below === undefined) return [];
  return [
    ...(/^\/.+\/$/.test(below) ? [] : [`process ${id} answers below ${below}, which is no address of a directory`]),
    ...(port === undefined ? [`process ${id} answers below ${below}, and has no port`] : []),
  ];
}

function mountProblems(owner: string, { path, to, keep }: SourceMount): readonly string[] {
  return [
    ...relativePaths(owner, [to, ...keep]),
    ...(path.startsWith('/') || path.split('/').includes('..')
      ? [`${owner} mounts ${path}, which is not in the source`]
      : []),
    ...keep.filter(kept => !kept.startsWith(`${to}/`)).map(kept => `${owner} keeps ${kept}, which is not below ${to}`),
  ];
}

function sharedPorts(processes: readonly Process[]): readonly string[] {
  return processes.flatMap(({ id, port }, at) => {
    const other = processes.slice(0, at).find(earlier => port !== undefined && earlier.port === port);
    return other ? [`${other.id} and ${id} both answer on port ${port}`] : [];
  });
}

/** Processes that wait for themselves, by way of those that they come after or need. */
function waitingInCircles(processes: readonly Process[]): readonly string[] {
  const before = new Map(processes.map(({ id, after, needs }) => [id, [...after, ...needs.map(({ to }) => to)]]));
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    (before.get(from) ?? []).some(next => {
      if (next === wanted) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, wanted, seen);
    });
  return processes.filter(({ id }) => reaches(id, id, new Set())).map(({ id }) => `process ${id} waits for itself`);
}
