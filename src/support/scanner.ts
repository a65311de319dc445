/** What images are scanned with, and how grave what it finds may be. */

/** How grave a vulnerability is, the gravest first, in the words of grype; `unknown`: nobody has said. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** From which severity on a vulnerability fails a scan; `never`: none does. */
export const FAIL_LEVELS = ['critical', 'high', 'medium', 'low', 'negligible', 'never'] as const;

export type FailLevel = (typeof FAIL_LEVELS)[number];

export const DEFAULT_FAIL_LEVEL: FailLevel = 'high';

/** The scanner: it reads a list of parts, and looks each up in a database that it is given. Nothing of the image is run or unpacked. */
export const SCANNER = {
  image: 'docker.io/anchore/grype:v0.121.2',
  /** Its program in that image, which holds nothing else. */
  program: '/grype',
} as const;

/** Whether a vulnerability is grave enough to fail a scan. One of unknown severity is, where everything is. */
export function isAtLeast(severity: Severity, level: FailLevel): boolean {
  if (level === 'never') return false;
  const reach = level === 'negligible' ? 'unknown' : level;
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(reach);
}
