/** What of a scanner's findings fails, by what an app decided about them. */
import type { IgnoredVulnerability, Scanning } from '../plan/types.js';
import { isAtLeast } from '../support/scanner.js';
import type { ScanReport, Vulnerability } from './report.js';

/** What becomes of a vulnerability: it fails the scan, is only told, or is ignored, for a reason. */
export type Verdict =
  | { readonly fate: 'fails' }
  | { readonly fate: 'passes' }
  | { readonly fate: 'ignored'; readonly by: IgnoredVulnerability };

export interface JudgedVulnerability {
  readonly vulnerability: Vulnerability;
  readonly verdict: Verdict;
}

/** A report with what becomes of each finding. */
export interface JudgedReport extends Omit<ScanReport, 'found'> {
  readonly judged: readonly JudgedVulnerability[];
  /** Places in the list of what is ignored of entries that no finding is meant by. */
  readonly unused: readonly number[];
}

/** Says what becomes of each finding. */
export function judge({ found, ...report }: ScanReport, policy: Scanning): JudgedReport {
  const judged = found.map(vulnerability => ({ vulnerability, verdict: verdictOf(vulnerability, policy) }));
  const unused = policy.ignore.flatMap((entry, at) => (found.some(one => isMeant(entry, one)) ? [] : [at]));
  return { ...report, judged, unused };
}

function verdictOf(vulnerability: Vulnerability, { ignore, failOn, onlyFixed }: Scanning): Verdict {
  const by = ignore.find(entry => isMeant(entry, vulnerability));
  if (by) return { fate: 'ignored', by };
  const counts = !onlyFixed || vulnerability.fixedIn.length > 0;
  return { fate: counts && isAtLeast(vulnerability.severity, failOn) ? 'fails' : 'passes' };
}

/** By any of its names: databases call the same vulnerability differently. */
function isMeant(entry: IgnoredVulnerability, { id, aliases, package: { name } }: Vulnerability): boolean {
  const isCalled = [id, ...aliases].some(one => one.toUpperCase() === entry.id.toUpperCase());
  return isCalled && (entry.package === undefined || entry.package === name);
}

/** Places in the list of the entries that hold no longer: one holds through the day that it names, in UTC. */
export function expiredEntries({ ignore }: Scanning, now: Date): readonly number[] {
  const today = now.toISOString().slice(0, 10);
  return ignore.flatMap(({ expires }, at) => (expires < today ? [at] : []));
}
