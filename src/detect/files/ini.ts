/** INI files as setup.cfg, tox.ini and pytest.ini are written. */

/** The sections of a file by name: keys, each with the lines of its value. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * Reads a file; what belongs to no section is left out.
 * @param repeated whether a key that stands there again adds to what it had; else its last value counts
 */
export function readSections(text: string, repeated = false): IniSections {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  let lines: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[(.+)\]/.exec(line)?.[1];
    const [, key, value = ''] = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (/^\s*[#;]/.test(line)) continue;
    if (head !== undefined) {
      section = sections.get(head) ?? new Map();
      sections.set(head, section);
    } else if (key !== undefined && section) {
      const before = repeated ? (section.get(key) ?? []) : [];
      lines = value === '' ? [...before] : [...before, value.trim()];
      section.set(key, lines);
    } else if (/^\s+\S/.test(line)) lines?.push(line.trim());
  }
  return sections;
}
