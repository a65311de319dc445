/** What a scan found, as SARIF 2.1.0 with what GitHub's code scanning asks for: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import type * as Sarif from 'sarif';
import { defined } from '../source/defined.js';
import type { Severity } from '../support/scanner.js';
import type { ScannedImage } from './json.js';
import type { JudgedReport, JudgedVulnerability } from './policy.js';
import type { Vulnerability } from './report.js';

const LEVELS: Readonly<Record<Severity, Sarif.Result.level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'warning',
};

/** What GitHub sorts by, where nobody gave a score: the middle of what CVSS calls so. */
const SCORES: Readonly<Record<Severity, number>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  negligible: 0.1,
  unknown: 0,
};

/** The document. Each vulnerability is a rule, each package with it a result; what is ignored is a result that is suppressed. */
export function scanSarif(image: ScannedImage, { scanner, judged }: JudgedReport): string {
  const rules = [...new Map(judged.map(({ vulnerability }) => [vulnerability.id, vulnerability])).values()];
  const places = new Map(rules.map(({ id }, at) => [id, at]));
  const log: Sarif.Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: scanner.name,
            version: scanner.version,
            informationUri: 'https://github.com/anchore/grype',
            rules: rules.map(ruleOf),
          },
        },
        // By which results of several images stand beside each other.
        automationDetails: { id: `quayside/${image.name}/${image.platform}/` },
        results: judged.map(one => resultOf(one, places, image)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(vulnerability: Vulnerability): Sarif.ReportingDescriptor {
  const { id, severity, score, description, url } = vulnerability;
  return defined({
    id,
    shortDescription: { text: `${id}: ${severity}` },
    fullDescription: { text: shortened(description ?? id) },
    help: { text: helpOf(vulnerability) },
    helpUri: url,
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ['security', 'vulnerability', severity],
      'security-severity': (score ?? SCORES[severity]).toFixed(1),
    },
  });
}

function helpOf({ package: part, fixedIn, url, aliases }: Vulnerability): string {
  const fix = fixedIn.length === 0 ? 'No version without it is known.' : `Mended in ${fixedIn.join(', ')}.`;
  const names = aliases.length === 0 ? '' : ` Also called ${aliases.join(', ')}.`;
  return `In ${part.name} ${part.version}. ${fix}${names}${url === undefined ? '' : ` ${url}`}`;
}

function resultOf(
  { vulnerability, verdict }: JudgedVulnerability,
  places: ReadonlyMap<string, number>,
  image: ScannedImage,
): Sarif.Result {
  const { id, severity, package: part, fixedIn } = vulnerability;
  const fix = fixedIn.length === 0 ? 'no version without it is known' : `mended in ${fixedIn.join(', ')}`;
  return defined({
    ruleId: id,
    ruleIndex: places.get(id),
    level: LEVELS[severity],
    message: { text: `${part.name} ${part.version} (${part.type}) in ${image.name} has ${id}, ${severity}: ${fix}` },
    locations: [locationOf(vulnerability, image)],
    // The same package in the next version of the image is the same finding.
    partialFingerprints: { 'vulnerability/v1': `${image.name}:${part.type}:${part.name}:${id}` },
    suppressions:
      verdict.fate === 'ignored'
        ? [{ kind: 'external' as const, status: 'accepted' as const, justification: verdict.by.reason }]
        : undefined,
  });
}

/** A file of the source where one names the package, else the file of the image that shows it: GitHub takes no result without a file. */
function locationOf({ locations, package: part }: Vulnerability, image: ScannedImage): Sarif.Location {
  const path = locations.find(one => !one.startsWith('/')) ?? locations[0] ?? `/${image.name}`;
  const uri = path
    .replaceAll(/\p{Cs}/gu, '�')
    .replace(/^\/+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return {
    physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
    logicalLocations: [{ fullyQualifiedName: part.purl ?? `${part.name}@${part.version}`, kind: 'package' }],
  };
}

/** GitHub takes 1024 characters. */
function shortened(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}
