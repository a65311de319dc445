/** JSON as Python writes it: the package managers hash such texts. */
import { createHash } from 'node:crypto';
import { isTable } from '../../../../source/toml-file.js';

/** Spacing of Python's json.dumps: its default, or the one asked for by `separators=(",", ":")`. */
type PythonJsonStyle = 'default' | 'compact';

/** The SHA-256 of what Python's json.dumps(value, sort_keys=True) writes. */
export function hashOfJson(value: unknown, style: PythonJsonStyle = 'default'): string {
  return createHash('sha256').update(pythonJson(value, style)).digest('hex');
}

function pythonJson(value: unknown, style: PythonJsonStyle): string {
  const [comma, colon] = style === 'compact' ? [',', ':'] : [', ', ': '];
  if (Array.isArray(value)) return `[${value.map(item => pythonJson(item, style)).join(comma)}]`;
  if (isTable(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${pythonJson(key, style)}${colon}${pythonJson(item, style)}`).join(comma)}}`;
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
