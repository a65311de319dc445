/** What a scan found, for people. */
import { printableLine } from '../diagnostics/printable.js';
import { SEVERITIES } from '../support/scanner.js';
import type { JudgedReport, JudgedVulnerability } from './policy.js';

const HEADINGS = ['SEVERITY', 'VULNERABILITY', 'PACKAGE', 'VERSION', 'MENDED IN', ''] as const;

/** A line for each vulnerability, the gravest first, and how many there are. */
export function scanTable({ judged, scanner, databaseBuilt }: JudgedReport): string {
  const rows = [HEADINGS, ...judged.map(rowOf)].map(row => row.map(printableLine));
  const widths = HEADINGS.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const built = databaseBuilt === undefined ? 'of an unknown day' : `of ${printableLine(databaseBuilt.slice(0, 10))}`;
  return [
    ...(judged.length === 0 ? [] : [...lines, '']),
    `${counted(judged)}. Looked up by ${scanner.name} ${scanner.version} in a database ${built}.`,
    '',
  ].join('\n');
}

function rowOf({ vulnerability, verdict }: JudgedVulnerability): readonly string[] {
  const { severity, id, package: part, fixedIn } = vulnerability;
  const remark = {
    fails: () => 'fails',
    passes: () => '',
    ignored: (by: { readonly reason: string; readonly expires: string }) =>
      `ignored until ${by.expires}: ${by.reason.replaceAll(/\s+/g, ' ').trim()}`,
  };
  const said = verdict.fate === 'ignored' ? remark.ignored(verdict.by) : remark[verdict.fate]();
  return [severity, id, `${part.name} (${part.type})`, part.version, fixedIn.join(', ') || '-', said];
}

function counted(judged: readonly JudgedVulnerability[]): string {
  const having = (fate: string) => judged.filter(({ verdict }) => verdict.fate === fate).length;
  const fates = [
    ...(having('ignored') > 0 ? [`${having('ignored')} ignored`] : []),
    ...(having('fails') > 0 ? [`${having('fails')} too grave`] : []),
  ];
  if (judged.length === 0) return 'No vulnerability was found';
  return `${countedBySeverity(judged)}${fates.length === 0 ? '' : `; of them ${fates.join(', ')}`}`;
}

/** `12 vulnerabilities: 1 critical, 11 low` */
export function countedBySeverity(judged: readonly JudgedVulnerability[]): string {
  const counts = SEVERITIES.map(
    severity => [judged.filter(({ vulnerability }) => vulnerability.severity === severity).length, severity] as const,
  ).filter(([count]) => count > 0);
  const noun = judged.length === 1 ? 'vulnerability' : 'vulnerabilities';
  return `${judged.length} ${noun}: ${counts.map(([count, severity]) => `${count} ${severity}`).join(', ')}`;
}
