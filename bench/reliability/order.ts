/** What a job is told, and what it gives. */

export const PHASES = ['base', 'build', 'service', 'export'] as const;
export type Phase = (typeof PHASES)[number];

/** What the job takes, as JSON in its only argument. */
export interface JobOrder {
  readonly state: string;
  readonly image: string;
  /** Directory of this machine that exports go to. */
  readonly out: string;
  /** Another label is other work. */
  readonly label: string;
}

/** Commands of the build. */
export const steps = 4;

/** What a job with that label gives. */
export const expected = (label: string): string =>
  `${[...Array(steps).keys()].map(i => `step ${i} of ${label}\n`).join('')}served ${label}\n`;
