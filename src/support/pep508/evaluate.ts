/** Whether a marker holds where apps run: CPython on Linux. */
import { satisfies, valid, validRange } from '@renovatebot/pep440';
import type { Marker, MarkerOperator, MarkerValue, MarkerVariable } from './marker.js';
import { normaliseName } from './requirement.js';

/** What of an app's environment is known. */
export interface MarkerEnvironment {
  /** Minor version of Python, such as `3.13`; absent while none was chosen. */
  readonly python?: string | undefined;
  /** The extra that requirements are read for; absent: none. */
  readonly extra?: string | undefined;
}

/** What the images have. Kernels and their releases are the host's own, and nobody's to know. */
const PLATFORM: Partial<Readonly<Record<MarkerVariable, string>>> = {
  implementation_name: 'cpython',
  os_name: 'posix',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
  platform_system: 'Linux',
  sys_platform: 'linux',
};

/** Variables that are versions: they are compared as PEP 440 says, others as texts. */
const VERSIONS: readonly MarkerVariable[] = ['python_version', 'python_full_version', 'implementation_version'];

/** Patches that an image of a minor version may have. */
const PATCHES = Array.from({ length: 40 }, (_, patch) => patch);

/**
 * Whether the marker holds; undefined when that depends on something that is not known: the version of Python before it is chosen,
 * its patch, the kernel.
 */
export function markerHolds(marker: Marker, environment: MarkerEnvironment = {}): boolean | undefined {
  switch (marker.kind) {
    case 'all':
      return every(marker.of.map(part => markerHolds(part, environment)));
    case 'any': {
      const none = every(marker.of.map(part => not(markerHolds(part, environment))));
      return not(none);
    }
    case 'compare':
      return compare(marker.left, marker.operator, marker.right, environment);
  }
}

function not(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function every(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function compare(
  left: MarkerValue,
  operator: MarkerOperator,
  right: MarkerValue,
  environment: MarkerEnvironment,
): boolean | undefined {
  const variables = [left, right].flatMap(side => (side.kind === 'variable' ? [side.name] : []));
  const isVersion = variables.some(name => VERSIONS.includes(name));
  const [lefts, rights] = [left, right].map(side => valuesOf(side, variables.includes('extra'), environment));
  const answers = lefts!.flatMap(a =>
    rights!.map(b => (isVersion ? compareVersions(a, operator, b) : compareTexts(a, operator, b))),
  );
  const [first] = answers;
  return answers.every(answer => answer === first) ? first : undefined;
}

/** Every value that a side may have; none when it is not known. */
function valuesOf(side: MarkerValue, isName: boolean, { python, extra = '' }: MarkerEnvironment): readonly string[] {
  if (side.kind === 'text') return [isName ? normaliseName(side.text) : side.text];
  switch (side.name) {
    case 'python_version':
      return python === undefined ? [] : [python];
    case 'python_full_version':
    case 'implementation_version':
      return python === undefined ? [] : PATCHES.map(patch => `${python}.${patch}`);
    case 'extra':
      return [normaliseName(extra)];
    default: {
      const value = PLATFORM[side.name];
      return value === undefined ? [] : [value];
    }
  }
}

function compareVersions(left: string, operator: MarkerOperator, right: string): boolean {
  const range = `${operator}${right}`;
  if (operator === 'in' || operator === 'not in' || !valid(left) || !validRange(range)) {
    return compareTexts(left, operator, right);
  }
  return satisfies(left, range, { prereleases: true });
}

function compareTexts(left: string, operator: MarkerOperator, right: string): boolean {
  switch (operator) {
    case 'in':
      return right.includes(left);
    case 'not in':
      return !right.includes(left);
    case '==':
    case '===':
    // Texts have no order: the specification lets those be that are the same.
    case '<=':
    case '>=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
    case '>':
    case '~=':
      return false;
  }
}
