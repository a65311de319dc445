/** The configuration of pip that lies in the source: `pip.conf`, or `pip.ini` as Windows calls it. */
import { defined } from '../../source/defined.js';
import type { Tree } from '../../source/tree.js';

/** An index that it names, with its line. */
export interface ConfiguredIndex {
  readonly url: string;
  readonly file: string;
  readonly line: number;
  /** Whether it stands in the place of the usual one. */
  readonly primary?: true;
  /** Whether it is asked by plain HTTP, as `trusted-host` allows. */
  readonly isPlain?: true;
}

/** Where people keep it for their Dockerfile to copy. */
const FILES = ['pip.conf', 'pip.ini', '.pip/pip.conf', '.config/pip/pip.conf'];

/** The indexes of `[global]` and `[install]`: `index-url`, and `extra-index-url` with one or several addresses. */
export async function readPipConfig(tree: Tree): Promise<readonly ConfiguredIndex[]> {
  const file = FILES.find(path => tree.paths.includes(path));
  const text = file === undefined ? undefined : await tree.read(file);
  return file === undefined || text === undefined ? [] : indexesIn(text, file);
}

function indexesIn(text: string, file: string): readonly ConfiguredIndex[] {
  const trusted = /^trusted-host\s*[=:]((?:.*(?:\n[ \t]+)?)*)/m.exec(text)?.[1]?.split(/\s+/) ?? [];
  const isTrusted = (url: string) =>
    trusted.some(host => host !== '' && url.replace(/^http:\/\/(.*@)?/, '').startsWith(host));
  const indexes: ConfiguredIndex[] = [];
  let [section, key] = ['', ''];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*[#;]/.test(line)) continue;
    const head = /^\[(.+)\]/.exec(line)?.[1];
    const [, name, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (head !== undefined) [section, key] = [head.trim(), ''];
    else if (name !== undefined) key = name.replaceAll('_', '-').toLowerCase();
    if (!/^(global|install)$/.test(section) || !/^(extra-)?index-url$/.test(key) || head !== undefined) continue;
    const primary = key === 'index-url' ? (true as const) : undefined;
    const urls = (value ?? line).split(/\s+/).filter(word => /^https?:/.test(word));
    indexes.push(
      ...urls.map(url =>
        defined({ url, file, line: at + 1, primary, isPlain: isTrusted(url) ? (true as const) : undefined }),
      ),
    );
  }
  return indexes;
}
