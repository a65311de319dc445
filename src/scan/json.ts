/** What a scan found, for tools. */
import { defined } from '../source/defined.js';
import type { JudgedReport } from './policy.js';

/** The image that was scanned. */
export interface ScannedImage {
  readonly name: string;
  readonly platform: string;
}

/** All of it as JSON; the keys stay what they are. */
export function scanJson(image: ScannedImage, { scanner, databaseBuilt, judged, unused }: JudgedReport): string {
  const vulnerabilities = judged.map(({ vulnerability, verdict }) =>
    defined({
      ...vulnerability,
      fate: verdict.fate,
      ignored: verdict.fate === 'ignored' ? { reason: verdict.by.reason, expires: verdict.by.expires } : undefined,
    }),
  );
  const failed = judged.some(({ verdict }) => verdict.fate === 'fails');
  const document = defined({ image, scanner, databaseBuilt, failed, vulnerabilities, unusedIgnores: unused });
  return `${JSON.stringify(document, null, 2)}\n`;
}
