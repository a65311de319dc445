/** The versions of Python that an app may run on. */

/** Versions taken first when the project leaves the choice: base images of these can be made anywhere. Newest first. */
export const PREFERRED_PYTHONS = ['3.13', '3.11'] as const;

/** Versions that are taken where nothing asks for one. Newest first. */
const CURRENT_PYTHONS = ['3.14', '3.13', '3.12', '3.11', '3.10'] as const;

/** Those before them, for apps that ask for one or work on none of the others: official images of these are still there. Newest first. */
const ENDED_PYTHONS = ['3.9', '3.8', '3.7', '3.6'] as const;

/** Versions that may be asked for. Newest first. */
export const KNOWN_PYTHONS: readonly string[] = [...CURRENT_PYTHONS, ...ENDED_PYTHONS];

/** The month in which a version's security fixes ended, as https://devguide.python.org/versions has it. */
const LAST_FIXES: Readonly<Record<string, string>> = {
  '3.6': 'December 2021',
  '3.7': 'June 2023',
  '3.8': 'October 2024',
  '3.9': 'October 2025',
  '3.10': 'October 2026',
};

/** The month since which nobody mends a version; undefined of one that is mended. */
export function endedIn(version: string): string | undefined {
  return LAST_FIXES[version];
}

/** Whether a version is only taken where an app asks for it, or its packages work on no later one. */
export function isEnded(version: string): boolean {
  return (ENDED_PYTHONS as readonly string[]).includes(version);
}
