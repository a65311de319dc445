/** Lines of requirements files that only the machine they were written on could install: told before pip stumbles over them. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { OddRequirement } from '../../diagnostics/messages/python.js';
import type { Tree } from '../../source/tree.js';
import { ELSEWHERE } from '../../support/native/elsewhere.js';
import { markerHolds } from '../../support/pep508/evaluate.js';
import { readRequirement } from '../../support/pep508/requirement.js';
import { requirementLines, withoutOptions } from './requirement-lines.js';

/** Finds such lines in requirements files, each once. */
export async function oddRequirements(tree: Tree, files: readonly string[]): Promise<readonly Diagnostic[]> {
  const read = files.map(async file =>
    requirementLines((await tree.read(file)) ?? '').flatMap(({ text, line }) => {
      const odd = oddRequirement(withoutOptions(text).trim());
      return odd ? [diagnose('QS214', { ...odd, file, line }, { file, line })] : [];
    }),
  );
  return (await Promise.all(read)).flat();
}

function oddRequirement(text: string): OddRequirement | undefined {
  const requirement = readRequirement(text);
  if (requirement === undefined || (requirement.marker && markerHolds(requirement.marker) === false)) return undefined;
  const { name, url } = requirement;
  // Conda names the directory that it built a package in, on somebody's machine.
  if (url?.startsWith('file://') && !url.includes('${')) return { kind: 'file', written: text, name };
  // Debian's pip listed a part of setuptools as a package for years.
  if (/^pkg-resources$/.test(name)) return { kind: 'none', written: text };
  const other = ELSEWHERE.find(elsewhere => elsewhere.name.test(name));
  return other && { kind: 'elsewhere', written: text, name, system: other.system, platform: other.platform };
}
