/** From an app to the vulnerabilities of one of its images. */
import { type Directory, dag, type Platform } from '@dagger.io/dagger';
import type { SoftwarePart } from '../attest/parts.js';
import { type App, onPlatform } from '../dagger/app.js';
import { notify } from '../dagger/notices.js';
import { databaseOf, lookUp } from '../dagger/scanner.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { imageAddress } from '../plan/look-up.js';
import type { Scanning } from '../plan/types.js';
import { appImage, partsOf, sbomText } from '../sbom.js';
import { DEFAULT_FAIL_LEVEL, FAIL_LEVELS, type FailLevel, SCANNER } from '../support/scanner.js';
import { type ScannedImage, scanJson } from './json.js';
import { expiredEntries, type JudgedReport, judge } from './policy.js';
import { parseReport } from './report.js';
import { scanSarif } from './sarif.js';
import { countedBySeverity, scanTable } from './table.js';

const FORMATS: Readonly<Record<string, (image: ScannedImage, report: JudgedReport) => string>> = {
  table: (_, report) => scanTable(report),
  json: scanJson,
  sarif: scanSarif,
};

/** Which image is scanned, and how what was found is told. */
export interface ScanOptions {
  readonly format: string;
  readonly platform: Platform | undefined;
  readonly component: string | undefined;
  /** In place of what quayside.yaml says. */
  readonly failOn: string | undefined;
  /** The scanner's database; none: that of the day is fetched. */
  readonly database: Directory | undefined;
  /** Whether nothing may be used that is not locked. */
  readonly frozen: boolean;
}

/** After how many days a database is told to be old: new vulnerabilities come every day. */
const OLD = 7;

/**
 * Scans an image of an app.
 * @param now the day that decides what is still ignored
 * @returns what was found; rejects with a DiagnosticError that has it as its document when something is too grave
 */
export async function scanApp(app: App, options: ScanOptions, now = new Date()): Promise<string> {
  const tell = FORMATS[options.format];
  if (tell === undefined)
    throw new DiagnosticError([diagnose('QS941', { format: options.format, known: Object.keys(FORMATS) })]);
  const policy = policyOf(app, options);
  refuseExpired(policy, now);
  const image = appImage(app.plan, options.component);
  const platform = options.platform ?? (await dag.defaultPlatform());
  const there = onPlatform(app, options.platform);
  const { parts, release } = await partsOf(there, image.stage, await there.stage(image.stage));
  // What only built it, and what a lock names for other systems, is not in the image.
  const within = parts.filter(({ scope }) => scope === 'required');
  const sbom = await sbomText({ parts: within, release }, 'cyclonedx', { name: image.name, platform });
  const scanner = { address: imageAddress(app.plan, policy.image), program: SCANNER.program };
  const database = options.database ?? databaseOf(scanner, now.toISOString().slice(0, 10));
  const report = judge(parseReport(await lookUp(scanner, sbom, database), proofsOf(within)), policy);
  remark(report, policy, now);
  const text = tell({ name: image.name, platform }, report);
  const failing = report.judged.filter(({ verdict }) => verdict.fate === 'fails');
  if (failing.length === 0) return text;
  const worst = failing.slice(0, 5).map(({ vulnerability: { id, package: part } }) => ({ id, package: part.name }));
  const data = { image: image.name, counted: countedBySeverity(failing), worst, failOn: policy.failOn };
  throw new DiagnosticError([diagnose('QS720', data)], text, 'beside');
}

function policyOf({ plan }: App, { failOn, frozen }: ScanOptions): Scanning {
  if (failOn !== undefined && !FAIL_LEVELS.some(known => known === failOn))
    throw new DiagnosticError([diagnose('QS942', { failOn, known: FAIL_LEVELS })]);
  const unsaid: Scanning = { image: SCANNER.image, failOn: DEFAULT_FAIL_LEVEL, onlyFixed: false, ignore: [] };
  const policy = plan.scan ?? unsaid;
  if (plan.scan === undefined && frozen) throw new DiagnosticError([diagnose('QS943', { image: policy.image })]);
  return failOn === undefined ? policy : { ...policy, failOn: failOn as FailLevel };
}

function refuseExpired(policy: Scanning, now: Date): void {
  const expired = expiredEntries(policy, now).map(at => {
    const { id, expires, reason } = policy.ignore[at]!;
    return diagnose('QS940', { id, expires, reason }, { file: 'quayside.yaml', key: `scan.ignore.${at}` });
  });
  if (expired.length > 0) throw new DiagnosticError(expired);
}

function remark({ unused, databaseBuilt }: JudgedReport, { ignore }: Scanning, now: Date): void {
  for (const at of unused)
    notify(`scan.ignore.${at} in quayside.yaml (${ignore[at]!.id}) matches nothing that was found: take it out`);
  const days = databaseBuilt === undefined ? 0 : (now.getTime() - Date.parse(databaseBuilt)) / 86_400_000;
  if (days > OLD)
    notify(`the database of vulnerabilities is ${Math.floor(days)} days old: what came since is not in it`);
}

/** The files that show each part, by its package URL. */
function proofsOf(parts: readonly SoftwarePart[]): ReadonlyMap<string, readonly string[]> {
  return new Map(parts.flatMap(part => [[part.purl, part.proofs] as const, ...proofsOf(part.parts)]));
}
