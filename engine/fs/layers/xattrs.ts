/** Extended attributes of a whole tree in one call of getfattr or setfattr (Debian package attr); Node has no call for them. */
import { execa } from 'execa';

/** One attribute; the value is binary. */
export interface Xattr {
  readonly name: string;
  readonly value: Buffer;
}

/** Attributes by relative path. Paths are byte strings (latin1), '' is the directory itself, so that a name need not be UTF-8. */
export type XattrTable = ReadonlyMap<string, readonly Xattr[]>;

/** The kernel's own marks and what images keep: file capabilities and user attributes, as container storage keeps them. */
const KEPT = String.raw`^(trusted\.overlay\.opaque$|user\.|security\.capability$)`;

/**
 * Reads the attributes that matter for layers of every file under `dir`, without following links.
 * Fails with getfattr's own message when the tool is missing or cannot read.
 */
export async function readXattrs(dir: string): Promise<XattrTable> {
  const { stdout } = await execa('getfattr', ['-R', '-P', '-h', '-d', '-m', KEPT, '-e', 'hex', '--', '.'], {
    cwd: dir,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  return parseXattrDump(Buffer.from(stdout).toString('latin1'));
}

/** Parses a dump made with `getfattr -d -e hex`, given as a byte string. Names escaped as \ooo come back as they are on disk. */
export function parseXattrDump(dump: string): XattrTable {
  const table = new Map<string, Xattr[]>();
  let current: Xattr[] = [];
  for (const line of dump.split('\n')) {
    if (line.startsWith('# file: ')) {
      const path = unescapeOctal(line.slice('# file: '.length));
      current = [];
      table.set(path === '.' ? '' : path.replace(/^\.\//, ''), current);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    const hex = line.slice(equals + 1).replace(/^0x/, '');
    current.push({ name: unescapeOctal(line.slice(0, equals)), value: Buffer.from(hex, 'hex') });
  }
  return table;
}

/** Formats a table as the dump that `setfattr --restore` reads; the inverse of `parseXattrDump`. */
export function formatXattrDump(table: XattrTable): string {
  const blocks = [...table]
    .filter(([, xattrs]) => xattrs.length > 0)
    .map(([path, xattrs]) => {
      const lines = xattrs.map(({ name, value }) => `${escapeOctal(name)}=0x${value.toString('hex')}`);
      return `# file: ${escapeOctal(path === '' ? '.' : `./${path}`)}\n${lines.join('\n')}\n`;
    });
  return blocks.join('\n');
}

/** Sets the attributes of files under `dir` with one process, or none when the table is empty. */
export async function writeXattrs(dir: string, table: XattrTable): Promise<void> {
  const dump = formatXattrDump(table);
  if (dump === '') return;
  await execa('setfattr', ['-h', '--restore=-'], { cwd: dir, input: Buffer.from(dump, 'latin1') });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function escapeOctal(text: string): string {
  return text.replace(/[\n\r\\]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
