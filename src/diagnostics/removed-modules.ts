/** Modules of Python's own that a later Python no longer has, as its documentation says under "Removed" of each version. */

/** The modules by the first version without them; https://docs.python.org/3/whatsnew, and PEP 594 and PEP 632. */
const REMOVED: Readonly<Record<string, string>> = {
  '3.10': 'formatter parser symbol',
  '3.11': 'binhex',
  '3.12': 'asynchat asyncore distutils imp smtpd',
  '3.13':
    'aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib',
};

const FIRST_WITHOUT: ReadonlyMap<string, string> = new Map(
  Object.entries(REMOVED).flatMap(([version, names]) => names.split(' ').map(name => [name, version] as const)),
);

/** The names of all. */
export const REMOVED_MODULES: readonly string[] = [...FIRST_WITHOUT.keys()];

/** The first minor version of Python that does not have a module of its own, such as `3.13`; undefined of any other module. */
export function firstWithout(module: string): string | undefined {
  return FIRST_WITHOUT.get(module.split('.')[0]!);
}

/** Whether a minor version of Python no longer has a module. */
export function isRemoved(module: string, minor: string): boolean {
  const first = firstWithout(module);
  return first !== undefined && Number(minor.split('.')[1]) >= Number(first.split('.')[1]);
}
