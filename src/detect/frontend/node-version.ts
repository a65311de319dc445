/** The version of Node: what the project asks for, among the versions there are images of. */

import gtr from 'semver/ranges/gtr.js';
import intersects from 'semver/ranges/intersects.js';
import ltr from 'semver/ranges/ltr.js';
import validRange from 'semver/ranges/valid.js';
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { asObject } from '../../source/json-file.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { type PackageJson, placeIn } from '../files/package-json.js';
import type { Project } from '../project.js';

/** Major versions of Node that can be asked for; the first that fits is taken. */
const KNOWN_NODES = ['22', '24', '20'] as const;

/** Names of releases as nvm and its relatives have them. */
const RELEASE_NAMES: Readonly<Record<string, string>> = {
  'lts/dubnium': '10',
  'lts/erbium': '12',
  'lts/fermium': '14',
  'lts/gallium': '16',
  'lts/hydrogen': '18',
  'lts/iron': '20',
  'lts/jod': '22',
  'lts/krypton': '24',
  'lts/*': '24',
  lts: '24',
  node: '24',
  stable: '24',
  latest: '24',
};

/**
 * Finds the version: the configuration's, a version file's, volta's, one that engines.node allows, else that of the app's own image.
 * @param inImage that version
 */
export async function detectNodeVersion(
  project: Project,
  file: PackageJson,
  inImage?: Sourced<string>,
): Promise<Finding<Sourced<string>>> {
  const frontend = project.config.frontend || {};
  if (frontend.nodeVersion !== undefined)
    return knownNode(frontend.nodeVersion, configPlace(project.origins, 'frontend.nodeVersion'));
  for (const directory of new Set([file.root, ''])) {
    for (const name of ['.nvmrc', '.node-version']) {
      const path = joinPath(directory, name);
      const written = firstLine((await project.source.read(path)) ?? '');
      if (written) return knownNode(written.text, { file: path, line: written.line });
    }
  }
  const tool = await versionOfTools(project, file);
  if (tool) return knownNode(tool.value, tool.place);
  const pinned = asObject(file.data.volta).node;
  if (typeof pinned === 'string') return knownNode(pinned, placeIn(file, 'volta', 'node'));
  const { node } = file.engines;
  if (typeof node === 'string') return knownNode(node, placeIn(file, 'engines', 'node'), `engines.node is ${node}`);
  return inImage
    ? knownNode(inImage.value, inImage.place, inImage.why)
    : found({ value: KNOWN_NODES[0], place: { file: file.path }, why: 'nothing asks for a version' });
}

/** Files in which a manager of tools has Node among others, and how it stands in a line of them. */
const TOOL_FILES: readonly (readonly [string, RegExp])[] = [
  ['.tool-versions', /^\s*(?:nodejs|node)\s+([^\s#]+)/],
  ['mise.toml', /^\s*(?:nodejs|node)\s*=\s*(?:\{\s*version\s*=\s*|\[\s*)?["']([^"']+)/],
  ['.mise.toml', /^\s*(?:nodejs|node)\s*=\s*(?:\{\s*version\s*=\s*|\[\s*)?["']([^"']+)/],
];

async function versionOfTools({ source }: Project, { root }: PackageJson): Promise<Sourced<string> | undefined> {
  for (const [name, pattern] of TOOL_FILES) {
    for (const path of new Set([joinPath(root, name), name])) {
      const lines = ((await source.read(path)) ?? '').split(/\r?\n/);
      const at = lines.findIndex(line => pattern.test(line));
      if (at >= 0) return { value: pattern.exec(lines[at]!)![1]!, place: { file: path, line: at + 1 } };
    }
  }
  return undefined;
}

/** The first line of a version file that says something: nvm leaves out what stands behind a `#`. */
function firstLine(text: string): { readonly text: string; readonly line: number } | undefined {
  const lines = text.split('\n').map((line, at) => ({ text: line.replace(/#.*/, '').trim(), line: at + 1 }));
  return lines.find(line => line.text !== '');
}

/**
 * The first known major version that a version, a range or the name of a release allows. What was written for older ones only gets the
 * oldest that there is, and what is developed with a newer one the newest; what cannot do with less says so by a range.
 */
function knownNode(written: string, place: Place, why?: string): Finding<Sourced<string>> {
  const range = validRange(RELEASE_NAMES[written.toLowerCase()] ?? written);
  const choice = KNOWN_NODES.find(major => range !== null && intersects(range, major));
  if (choice !== undefined) return found(defined({ value: choice, place, why }));
  const [oldest, ...newer] = KNOWN_NODES.toSorted();
  const newest = newer.at(-1)!;
  // Releases with odd numbers live for half a year, and those to come have no image yet.
  if (/^v?\d/.test(written) && range !== null && ltr(`${newest}.999.0`, range))
    return found({ value: newest, place, why: `${written} is asked for, which is not supported yet: the nearest` });
  const between = /^v?\d/.test(written)
    ? KNOWN_NODES.toSorted().find(major => range !== null && gtr(`${major}.0.0`, range))
    : undefined;
  if (between !== undefined && between !== oldest)
    return found({
      value: between,
      place,
      why: `${written} is asked for, which was never supported for long: the next`,
    });
  if (range === null || !gtr(`${oldest}.0.0`, range)) {
    return failed(diagnose('QS405', { written, known: KNOWN_NODES.toSorted() }, place));
  }
  return found({ value: oldest!, place, why: `${written} is asked for, which is no longer supported: the nearest` });
}
