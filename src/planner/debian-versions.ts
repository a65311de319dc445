/** Steps that install Debian packages, held to the versions that quayside.lock names. */

import { canonicalPlan } from '../plan/json.js';
import { imageBehind } from '../plan/look-up.js';
import type { Plan, Stage, Step } from '../plan/types.js';
import { UNPACKS } from './runtime-packages.js';

type Script = Extract<Step, { kind: 'script' }>;
/** Versions by names, for each platform. */
type Versions = NonNullable<Plan['images'][string]['packages']>;

/** Where apt is told, and only while a step runs. */
const PREFERENCES = '/etc/apt/preferences.d/quayside';

/** In the shell: what apt reads, from words such as `libpq5=15.8-0`. A version that is gone gives way to the one that is there. */
const PREFER = `prefer() { for locked; do printf 'Package: %s\\nPin: version %s\\nPin-Priority: 1001\\n\\n' "\${locked%%=*}" "\${locked#*=}"; done; }`;

/** In the shell: whether what is installed has these versions. */
const INSIST =
  'insist() { for locked; do has=$(dpkg-query -W -f=\'${Version}\' "${locked%%=*}" 2>/dev/null) || continue; if [ "$has" != "${locked#*=}" ]; then echo "quayside: ${locked%%=*} is $has, and quayside.lock has ${locked#*=}" >&2; exit 1; fi; done; }';

/** The plan with steps that take the versions which are locked, as far as Debian still has them. */
export function withLockedVersions(plan: Plan): Plan {
  return mapped(plan, (step, stage, versions) => ({
    ...step,
    lines: [
      PREFER,
      forPlatforms(versions, stage, words => `prefer ${words} > ${PREFERENCES}`),
      ...step.lines,
      `rm -f ${PREFERENCES}`,
    ],
  }));
}

/** A plan with locked versions, whose steps fail where something else was installed. */
export function insistingOnVersions(plan: Plan): Plan {
  return mapped(plan, (step, stage, versions) =>
    // What is unpacked there is checked where it is configured.
    stage.platform === 'cross'
      ? step
      : {
          ...step,
          lines: [...step.lines, INSIST, forPlatforms(versions, stage, words => `insist ${words}`)],
          fails: step.fails ?? { kind: 'debian' },
        },
  );
}

function mapped(plan: Plan, held: (step: Script, stage: Stage, versions: Versions) => Script): Plan {
  const stages = plan.stages.map(stage => {
    const versions = plan.images[imageBehind(plan, stage.id) ?? '']?.packages;
    if (versions === undefined) return stage;
    const steps = stage.steps.map(step => (step.kind === 'script' && step.debian ? held(step, stage, versions) : step));
    return { ...stage, steps };
  });
  return canonicalPlan({ ...plan, stages });
}

/** A command with the versions of the platform that it runs for: in the same words for all, where all have the same. */
function forPlatforms(versions: Versions, { id }: Stage, command: (words: string) => string): string {
  const commands = Object.entries(versions).map(
    ([platform, locked]) =>
      [
        platform.split('/')[1]!,
        command(
          Object.entries(locked)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, version]) => `${name}=${version}`)
            .join(' '),
        ),
      ] as const,
  );
  const [first] = commands;
  if (first === undefined) return ':';
  if (commands.every(([, words]) => words === first[1])) return first[1];
  // As the machine that unpacks is told; everything else runs on what it is for.
  const architecture = id === UNPACKS ? '${TARGETARCH:-$(dpkg --print-architecture)}' : '$(dpkg --print-architecture)';
  return `case ${architecture} in ${commands.map(([name, words]) => `${name}) ${words} ;;`).join(' ')} esac`;
}
