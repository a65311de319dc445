/** What the scanner found, out of its report: https://github.com/anchore/grype, `--output json`. */
import * as z from 'zod';
import { defined } from '../source/defined.js';
import { SEVERITIES, type Severity } from '../support/scanner.js';

/** A vulnerability of a package in an image. */
export interface Vulnerability {
  readonly id: string;
  /** What else it is called: a GHSA has the CVE here. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** The highest score by CVSS, 0 to 10, that somebody gave it. */
  readonly score?: number;
  readonly package: {
    readonly name: string;
    readonly version: string;
    /** Kind of the package, such as deb or python. */
    readonly type: string;
    readonly purl?: string;
  };
  /** Versions without it; none: nobody has mended it. */
  readonly fixedIn: readonly string[];
  readonly description?: string;
  readonly url?: string;
  /** The files that show the package: absolute in the image, relative in the source. */
  readonly locations: readonly string[];
}

/** What a scanner says of an image. */
export interface ScanReport {
  readonly scanner: { readonly name: string; readonly version: string };
  /** When its database was made, ISO 8601. */
  readonly databaseBuilt?: string;
  /** Each once, the gravest first. */
  readonly found: readonly Vulnerability[];
}

const named = z.looseObject({ id: z.string() });
const scores = z.array(z.looseObject({ metrics: z.looseObject({ baseScore: z.number().optional() }).optional() }));

/** What of a report counts. More may stand in it: each version of the scanner adds something. */
const reportSchema = z.looseObject({
  matches: z.array(
    z.looseObject({
      vulnerability: z.looseObject({
        id: z.string(),
        severity: z.string().optional(),
        dataSource: z.string().optional(),
        description: z.string().optional(),
        cvss: scores.nullish(),
        fix: z.looseObject({ versions: z.array(z.string()).nullish(), state: z.string().optional() }).optional(),
      }),
      relatedVulnerabilities: z
        .array(named.extend({ description: z.string().optional(), cvss: scores.nullish() }))
        .nullish(),
      artifact: z.looseObject({
        name: z.string(),
        version: z.string(),
        type: z.string(),
        purl: z.string().optional(),
      }),
    }),
  ),
  descriptor: z.looseObject({
    name: z.string(),
    version: z.string(),
    db: z
      .looseObject({
        built: z.string().optional(),
        status: z.looseObject({ built: z.string().optional() }).nullish(),
      })
      .nullish(),
  }),
});

type Match = z.output<typeof reportSchema>['matches'][number];

/**
 * Reads a report.
 * @param proofs the files that show a package, by its package URL
 * @returns what was found; throws an error that names what is no report of the scanner
 */
export function parseReport(text: string, proofs: ReadonlyMap<string, readonly string[]>): ScanReport {
  const read = reportSchema.safeParse(jsonIn(text));
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new Error(`the scanner's report is not as expected: ${path.join('.') || 'the whole'}: ${message}`);
  }
  const { matches, descriptor } = read.data;
  // Of several the first: it is the one that was looked for by name.
  const found = new Map(matches.toReversed().map(match => [keyOf(match), vulnerability(match, proofs)]));
  return defined({
    scanner: { name: descriptor.name, version: descriptor.version },
    databaseBuilt: descriptor.db?.status?.built ?? descriptor.db?.built,
    found: [...found.values()].sort(byGravity),
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("the scanner's report is not as expected: it is not JSON", { cause: error });
  }
}

/** A package may be found by its name and by its description: that is one vulnerability. */
function keyOf({ vulnerability: { id }, artifact: { name, version, type } }: Match): string {
  return JSON.stringify([id, type, name, version]);
}

function vulnerability(
  { vulnerability: said, relatedVulnerabilities, artifact }: Match,
  proofs: ReadonlyMap<string, readonly string[]>,
): Vulnerability {
  const related = relatedVulnerabilities ?? [];
  const { name, version, type, purl } = artifact;
  const given = [said, ...related].flatMap(({ cvss }) => cvss ?? []).flatMap(({ metrics }) => metrics?.baseScore ?? []);
  return defined({
    id: said.id,
    aliases: [...new Set(related.map(({ id }) => id))].filter(id => id !== said.id).sort(),
    severity: severityOf(said.severity),
    score:
      given.length === 0
        ? undefined
        : Math.min(
            10,
            given.reduce((most, one) => Math.max(most, one), 0),
          ),
    package: defined({ name, version, type, purl }),
    fixedIn: said.fix?.state === 'fixed' ? (said.fix.versions ?? []) : [],
    description: said.description || related.find(({ description }) => description)?.description,
    url: /^https?:\/\//.test(said.dataSource ?? '') ? said.dataSource : undefined,
    locations: (purl !== undefined && proofs.get(purl)) || [],
  });
}

function severityOf(word = ''): Severity {
  return SEVERITIES.find(known => known === word.toLowerCase()) ?? 'unknown';
}

function byGravity(a: Vulnerability, b: Vulnerability): number {
  const keys = ({ severity, package: { name, version }, id }: Vulnerability) =>
    [SEVERITIES.indexOf(severity), name, version, id] as const;
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
}
