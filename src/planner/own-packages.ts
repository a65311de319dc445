/**
 * The app as an installed package: its metadata and programs in the virtual environment, while its code stays where it lies, as in an
 * editable installation. So nothing is built, and an edit of the code makes nothing anew. Formats: packaging.python.org, "Recording installed
 * projects" and "Entry points specification".
 */
import type { Facts, OwnPackage } from '../detect/facts.js';
import type { PlanFile, Step } from '../plan/types.js';
import { APP_DIR, insideApp, VENV_DIR } from './paths.js';
import { compileCommand } from './python.js';
import { shell } from './shell.js';

type Packaged = Pick<Facts, 'packages' | 'python' | 'root'>;

/** The files of all packages that stages bring, by the names that they call them. */
export function packageFiles(facts: Packaged): Readonly<Record<string, PlanFile>> {
  const files = (facts.packages ?? []).flatMap(own => [...installedFiles(facts, own), ...versionFiles(facts, own)]);
  return Object.fromEntries(files.map(file => [nameOf(file), file]));
}

/** Steps that lay metadata and programs into the virtual environment. */
export function installPackagesOfApp(facts: Packaged): readonly Step[] {
  return bringAll((facts.packages ?? []).flatMap(own => installedFiles(facts, own)));
}

/** Steps that lay the files into the source which build hooks would have written there. */
export function writeVersions(facts: Packaged): readonly Step[] {
  const files = (facts.packages ?? []).flatMap(own => versionFiles(facts, own));
  return files.length === 0
    ? []
    : [...bringAll(files), shell('compile the app', [compileCommand('python', APP_DIR, facts.python)])];
}

function bringAll(files: readonly PlanFile[]): readonly Step[] {
  return files.map(file => ({ kind: 'file', file: nameOf(file) }));
}

/** Without directories that checkouts leave out, as they do virtual environments: the files lie under these names where they are rendered. */
function nameOf({ path }: PlanFile): string {
  const inside = path.startsWith(`${VENV_DIR}/`)
    ? path.slice(VENV_DIR.length).replace(/^\/lib\/[^/]+\/site-packages/, '')
    : path;
  return `own${inside}`;
}

function installedFiles({ python }: Packaged, own: OwnPackage): readonly PlanFile[] {
  const { name, version, summary, entryPoints } = own;
  const site = `${VENV_DIR}/lib/python${python.version.value}/site-packages`;
  const info = `${site}/${name.replace(/[-_.]+/g, '_').toLowerCase()}-${version.value}.dist-info`;
  const metadata = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version.value}`,
    ...(summary === undefined ? [] : [`Summary: ${summary.split('\n')[0]}`]),
  ];
  const groups = Object.entries(entryPoints);
  const points = groups.map(([group, pairs]) =>
    [`[${group}]`, ...Object.entries(pairs).map(([key, reference]) => `${key} = ${reference}`)].join('\n'),
  );
  const programs = groups.flatMap(([group, pairs]) =>
    /^(console|gui)_scripts$/.test(group) ? Object.entries(pairs) : [],
  );
  return [
    file(`${info}/METADATA`, metadata.join('\n')),
    file(`${info}/INSTALLER`, 'quayside'),
    ...(points.length > 0 ? [file(`${info}/entry_points.txt`, points.join('\n\n'))] : []),
    ...programs.map(([program, reference]) => file(`${VENV_DIR}/bin/${program}`, programText(reference), 0o755)),
  ];
}

function file(path: string, content: string, mode = 0o644): PlanFile {
  return { path, content: `${content}\n`, mode };
}

function programText(reference: string): string {
  const [module = '', attribute = ''] = reference.replace(/\s*\[.*\]$/, '').split(':');
  const imported = attribute.split('.')[0];
  return [
    `#!${VENV_DIR}/bin/python`,
    'import sys',
    `from ${module.trim()} import ${imported}`,
    '',
    'if __name__ == "__main__":',
    `    sys.exit(${attribute.trim()}())`,
  ].join('\n');
}

/** What setuptools-scm and hatch-vcs write, as far as code reads it. */
function versionFiles({ root }: Packaged, { version, versionFile }: OwnPackage): readonly PlanFile[] {
  if (!versionFile) return [];
  const { value } = version;
  const numbers = value.split(/[.+-]/).map(part => (/^\d+$/.test(part) ? Number(part) : `"${part}"`));
  const text = [
    `__version__ = version = "${value}"`,
    `__version_tuple__ = version_tuple = (${numbers.join(', ')},)`,
    '__commit_id__ = commit_id = None',
  ].join('\n');
  return [file(`${insideApp(root?.value ?? '')}/${versionFile.value}`, /\.py$/.test(versionFile.value) ? text : value)];
}
