/** The version of Node: what the project asks for, among the versions there are images of. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/diagnostic.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { asObject, type PackageJson, placeIn } from '../files/package-json.js';
import type { Project } from '../project.js';

/** Major versions of Node that can be asked for; the first is taken when nothing asks. */
export const KNOWN_NODES = ['22', '24', '20'] as const;

const RELEASE_NAMES: Readonly<Record<string, string>> = {
  'lts/iron': '20',
  'lts/jod': '22',
  'lts/krypton': '24',
  'lts/*': '24',
  node: '24',
};

/** Finds the version: the configuration's, a version file's, volta's, else one that engines.node allows. */
export async function detectNodeVersion(project: Project, file: PackageJson): Promise<Finding<Sourced<string>>> {
  const frontend = project.config.frontend || {};
  if (frontend.nodeVersion !== undefined) return knownNode(frontend.nodeVersion, configPlace('frontend.nodeVersion'));
  for (const directory of new Set([file.root, ''])) {
    for (const name of ['.nvmrc', '.node-version']) {
      const path = joinPath(directory, name);
      const text = (await project.source.read(path))?.trim();
      if (text) return knownNode(text, { file: path, line: 1 });
    }
  }
  const tools = /^nodejs\s+(\S+)/m.exec((await project.source.read('.tool-versions')) ?? '')?.[1];
  if (tools !== undefined) return knownNode(tools, { file: '.tool-versions' });
  const pinned = asObject(file.data.volta).node;
  if (typeof pinned === 'string') return knownNode(pinned, placeIn(file, '"volta"'));
  const { node } = file.engines;
  if (typeof node !== 'string') {
    return found({ value: KNOWN_NODES[0], place: { file: file.path }, why: 'nothing asks for a version' });
  }
  const place = placeIn(file, '"node"');
  const choice = KNOWN_NODES.find(major => rangeAllows(node, Number(major)));
  return choice === undefined
    ? failed(unknownNode(node, place))
    : found({ value: choice, place, why: `engines.node is ${node}` });
}

function knownNode(written: string, place: Place): Finding<Sourced<string>> {
  const major = RELEASE_NAMES[written.toLowerCase()] ?? /^v?(\d+)(\.|$)/.exec(written)?.[1];
  const isKnown = (KNOWN_NODES as readonly (string | undefined)[]).includes(major);
  return isKnown ? found({ value: major!, place }) : failed(unknownNode(written, place));
}

function unknownNode(written: string, place: Place) {
  return worded('QS405', {
    place,
    problem: `Node "${written}" is not supported`,
    expected: `one of ${KNOWN_NODES.toSorted().join(', ')}`,
    fix: 'change it, or write another version under frontend.nodeVersion in quayside.yaml',
  });
}

/** Whether an npm range allows some release of a major version: the bounds' majors decide. */
function rangeAllows(range: string, major: number): boolean {
  return range.split('||').some(part => {
    const clauses = [...part.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?/g)];
    return clauses.every(([, operator = '', number = '', minor = '']) => {
      if (!/\d/.test(number)) return true;
      const bound = Number(number);
      if (operator === '>=') return major >= bound;
      if (operator === '>') return /\d/.test(minor) ? major >= bound : major > bound;
      if (operator === '<=') return major <= bound;
      if (operator === '<') return Number(minor) > 0 ? major <= bound : major < bound;
      return major === bound;
    });
  });
}
