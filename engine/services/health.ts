/** Waits until a service is ready: by its health check, else by its ports. The rules are Docker's and Dagger's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExposedPort, type Healthcheck, parseDuration } from '../objects/image-config.js';
import { listeningPorts } from '../podman/listening-ports.js';

export interface CheckResult {
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** It did not end in time. */
  readonly timedOut: boolean;
}

const duration = (text: string): number => (text === '' ? 0 : parseDuration(text));
const defaults = { interval: 5000, retries: 3, timeout: 30_000 } as const;
const firstPortPause = 20;
const longestPortPause = 500;

/** The command of a health check. */
function checkCommand(check: Healthcheck): readonly string[] {
  return check.shell ? ['/bin/sh', '-c', ...check.args] : check.args;
}

/**
 * Runs a health check until it passes. Failures in the start period do not count.
 * @param run runs the check's command; must end it after `timeoutMs`
 * @returns undefined when it passed, else the last result once it failed too often
 */
export async function waitHealthy(
  check: Healthcheck,
  run: (args: readonly string[], timeoutMs: number) => Promise<CheckResult>,
  signal: AbortSignal,
): Promise<CheckResult | undefined> {
  const pause = duration(check.startInterval) || duration(check.interval) || defaults.interval;
  const retries = check.retries || defaults.retries;
  const patienceEnds = performance.now() + duration(check.startPeriod);
  for (let failures = 0; ; ) {
    const result = await run(checkCommand(check), duration(check.timeout) || defaults.timeout);
    if (result.exitCode === 0) return undefined;
    if (performance.now() > patienceEnds) failures += 1;
    if (failures >= retries) return result;
    await sleep(pause, undefined, { signal });
  }
}

/** Waits until every port that is to be checked is listened on. */
export async function waitPorts(ports: readonly ExposedPort[], pid: number, signal: AbortSignal): Promise<void> {
  const wanted = ports.filter(p => !p.skipHealthcheck).map(p => `${p.port}/${p.protocol}`);
  for (let pause = firstPortPause; ; pause = Math.min(pause * 1.5, longestPortPause)) {
    if (wanted.length === 0) return;
    const open = listeningPorts(pid);
    if (wanted.every(p => open.has(p))) return;
    await sleep(pause, undefined, { signal });
  }
}
