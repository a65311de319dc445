/** Versions of Python that workflows of CI name. */
import { isCollection, isScalar, type Scalar, visit } from 'yaml';
import type { Sourced } from '../../source/sourced.js';
import { growsWithoutEnd, yamlDocuments } from '../../source/yaml-documents.js';

/** Keys that hold versions: of setup-python and its matrix, of Travis, of a variable, of Azure's UsePythonVersion. */
const KEYS = /^(python|python[-_]versions?|PYTHON_VERSION|versionSpec)$/;

/** Images of GitLab's, CircleCI's and others' jobs. */
const IMAGE = /^(?:[\w.-]+\/)*python:(3\.\d+)\b/;

const VERSION = /^(?:python|cpython)?-?(3\.\d+)(?:\.\d+)?$/;

/** Finds the minor versions in the text of a workflow; `file` is what their place is to be. */
export function workflowPythons(text: string, file: string): readonly Sourced<string>[] {
  const { documents, lines } = yamlDocuments(text);
  const found: Sourced<string>[] = [];
  const add = (scalar: Scalar, pattern: RegExp): void => {
    // 3.10 would be the number 3.1.
    const value = pattern.exec(scalar.source ?? String(scalar.value))?.[1];
    if (value !== undefined) found.push({ value, place: { file, line: lines.linePos(scalar.range?.[0] ?? 0).line } });
  };
  for (const document of documents) {
    if (document.errors.length > 0 || growsWithoutEnd(document)) continue;
    visit(document, {
      Pair(_, { key, value }) {
        if (!isScalar(key)) return;
        if (/^(image|name)$/.test(String(key.value)) && isScalar(value)) add(value, IMAGE);
        if (!KEYS.test(String(key.value))) return;
        const values = isCollection(value) ? value.items : [value];
        for (const item of values) if (isScalar(item)) add(item, VERSION);
      },
    });
  }
  return found;
}
