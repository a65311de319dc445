/** A package by its setup.cfg or setup.py: what is written there as literals, since none of its code is run. */
import { defined } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { argumentsOf, callsIn, literalString } from '../code/module.js';
import { readPython } from '../code/tokens.js';
import type { OwnPackage } from '../facts.js';
import { readSections } from '../files/ini.js';
import { attributeFiles, isVersion, UNKNOWN_VERSION, versionIn } from './package-version.js';

/** Reads the package; undefined when neither file names one. */
export async function setupPackage(tree: Tree): Promise<OwnPackage | undefined> {
  const cfg = await tree.read('setup.cfg');
  const fromCfg = cfg === undefined ? undefined : await cfgPackage(tree, cfg);
  return fromCfg ?? setupPyPackage(tree);
}

async function cfgPackage(tree: Tree, text: string): Promise<OwnPackage | undefined> {
  const sections = readSections(text);
  const metadata = sections.get('metadata');
  const name = metadata?.get('name')?.[0];
  if (name === undefined || name === '') return undefined;
  const place = { file: 'setup.cfg' };
  const written = metadata?.get('version')?.[0] ?? '';
  const points = [...(sections.get('options.entry_points') ?? [])].map(
    ([group, lines]) => [group, referencesIn(lines)] as const,
  );
  return { name, place, version: await versionOf(tree, written, place), entryPoints: Object.fromEntries(points) };
}

async function versionOf(tree: Tree, written: string, place: { file: string }): Promise<Sourced<string>> {
  const [, kind, where = ''] = /^(attr|file):\s*(.+)$/.exec(written) ?? [];
  const files = kind === 'attr' ? attributeFiles(where) : kind === 'file' ? where.split(/\s*,\s*/) : [];
  for (const file of files) {
    const read = await versionIn(tree, file);
    if (read) return read;
  }
  return isVersion(written) ? { value: written, place } : unknownVersion(place);
}

function unknownVersion(place: { file: string }): Sourced<string> {
  return { value: UNKNOWN_VERSION, place, why: 'not written as a literal; version gives one' };
}

/** Lines such as `shop = shop.cli:main`. */
function referencesIn(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.flatMap(line => {
      const [, name, reference] = /^([\w.-]+)\s*=\s*([\w.]+:[\w.]+)/.exec(line) ?? [];
      return name && reference ? [[name, reference]] : [];
    }),
  );
}

async function setupPyPackage(tree: Tree): Promise<OwnPackage | undefined> {
  const text = await tree.read('setup.py');
  if (text === undefined) return undefined;
  for (const { tokens } of (await readPython(text)).statements) {
    for (const call of callsIn(tokens).filter(({ callee }) => /(^|\.)setup$/.test(callee))) {
      const parts = argumentsOf(tokens, call.open);
      const literal = (keyword: string) => {
        const part = parts.find(candidate => candidate.keyword === keyword);
        return part && literalString(part.tokens);
      };
      const name = literal('name');
      if (name === undefined) continue;
      const place = { file: 'setup.py', line: call.line };
      const version = literal('version');
      const points = parts.find(({ keyword }) => keyword === 'entry_points')?.tokens ?? [];
      const console = points.filter(({ kind, text }) => kind === 'string' && /^[\w.-]+\s*=\s*[\w.]+:/.test(text));
      return defined({
        name,
        place,
        version: version !== undefined && isVersion(version) ? { value: version, place } : unknownVersion(place),
        entryPoints: console.length > 0 ? { console_scripts: referencesIn(console.map(({ text }) => text)) } : {},
      });
    }
  }
  return undefined;
}
