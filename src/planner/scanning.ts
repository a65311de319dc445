/** How the app's images are scanned for vulnerabilities, where quayside.yaml says something of it. */
import type { Config } from '../config/schema.js';
import type { Scanning } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { DEFAULT_FAIL_LEVEL, SCANNER } from '../support/scanner.js';

/** Undefined: nothing is said. Then no lock has to name the scanner either. */
export function scanningOf({ scan }: Pick<Config, 'scan'>): Scanning | undefined {
  return scan === undefined ? undefined : scanningWith(scan);
}

function scanningWith({ image, failOn, onlyFixed, ignore }: NonNullable<Config['scan']>): Scanning {
  return {
    image: image ?? SCANNER.image,
    failOn: failOn ?? DEFAULT_FAIL_LEVEL,
    onlyFixed: onlyFixed ?? false,
    ignore: (ignore ?? []).map(entry => defined(entry)),
  };
}
