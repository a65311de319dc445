/** What packages say of their licences, in the words of SPDX where there are such. */

/** A licence as a package has it. */
export type LicenceClaim =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'expression'; readonly expression: string }
  /** What SPDX has no word for, as it was written. */
  | { readonly kind: 'name'; readonly name: string };

/** What SPDX knows. */
export interface LicenceWords {
  /** The identifier as SPDX writes it; undefined: it is none. */
  idOf(text: string): string | undefined;
  isExpression(text: string): boolean;
}

/** Loads SPDX's lists. */
export async function licenceWords(): Promise<LicenceWords> {
  const [{ default: parse }, SPDX] = await Promise.all([
    import('spdx-expression-parse'),
    import('@cyclonedx/cyclonedx-library/SPDX'),
  ]);
  const isExpression = (text: string): boolean => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const idOf = (text: string): string | undefined => {
    const id: unknown = SPDX.fixupSpdxId(text);
    // The name of something that every object has is no licence.
    return SPDX.isSupportedSpdxId(id) ? id : undefined;
  };
  return { idOf, isExpression };
}

/** One licence or expression of them; undefined for what says nothing. */
export function licenceClaim(text: string, words: LicenceWords): LicenceClaim | undefined {
  const written = text.trim().replaceAll(/\s+/g, ' ');
  if (written === '' || /^(unknown|none|see license.*)$/i.test(written)) return undefined;
  const id = words.idOf(written);
  if (id !== undefined) return { kind: 'id', id };
  // What a reference stands for is said where it was written, and nowhere here.
  return words.isExpression(written) && !written.includes('LicenseRef-')
    ? { kind: 'expression', expression: written }
    : { kind: 'name', name: written.slice(0, 200) };
}

/** Several, each once. */
export function licenceClaims(texts: readonly string[], words: LicenceWords): readonly LicenceClaim[] {
  const claims = texts.flatMap(text => licenceClaim(text, words) ?? []);
  return [...new Map(claims.map(claim => [textOf(claim), claim])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, claim]) => claim);
}

/** A licence in its own words. */
export function textOf(claim: LicenceClaim): string {
  switch (claim.kind) {
    case 'id':
      return claim.id;
    case 'expression':
      return claim.expression;
    case 'name':
      return claim.name;
  }
}

/** Debian's short names that differ from SPDX's: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/#license-short-name */
const DEBIAN: Readonly<Record<string, string>> = {
  expat: 'MIT',
  artistic: 'Artistic-1.0-Perl',
  bsd: 'BSD-3-Clause',
  psf: 'PSF-2.0',
  python: 'Python-2.0',
  zpl: 'ZPL-2.1',
  openssl: 'OpenSSL',
  perl: 'Artistic-1.0-Perl OR GPL-1.0-or-later',
};

/** The GNU licences, whose versions SPDX writes in full. Without one any is meant. */
const GNU = /^(A?GPL|LGPL|GFDL)(?:-v?(\d+)(?:\.(\d+))?(?:\.0)?)?(\+|-or-later)?$/i;
const FIRST: Readonly<Record<string, string>> = { GPL: '1.0', LGPL: '2.0', AGPL: '3.0', GFDL: '1.1' };

/** A licence as Debian names it, in SPDX's words where it has some; what joins several is taken apart, as all of them are in the package. */
export function debianLicences(texts: readonly string[], words: LicenceWords): readonly LicenceClaim[] {
  const names = texts.flatMap(text => text.split(/\s+(?:and\/or|and|or)\s+|\s*[,|]\s*(?:and\s+|or\s+)?/i));
  return licenceClaims(
    names.map(name => fromDebian(name.trim())),
    words,
  );
}

function fromDebian(name: string): string {
  const usual = name.toLowerCase();
  if (Object.hasOwn(DEBIAN, usual)) return DEBIAN[usual]!;
  const [, family, major, minor = '0', later] = GNU.exec(name) ?? [];
  if (family !== undefined) {
    const kind = family.toUpperCase();
    const version = major === undefined ? FIRST[kind] : `${major}.${minor}`;
    return `${kind}-${version}-${later !== undefined || major === undefined ? 'or-later' : 'only'}`;
  }
  return /^(Apache|MPL|CC0|PSF|CDDL)-\d$/i.test(name) ? `${name}.0` : name;
}

/** Classifiers of Python's index that mean one licence: https://pypi.org/classifiers */
const CLASSIFIERS: Readonly<Record<string, string>> = {
  'MIT License': 'MIT',
  'MIT No Attribution License (MIT-0)': 'MIT-0',
  'Apache Software License': 'Apache-2.0',
  'ISC License (ISCL)': 'ISC',
  'Mozilla Public License 2.0 (MPL 2.0)': 'MPL-2.0',
  'Python Software Foundation License': 'PSF-2.0',
  'The Unlicense (Unlicense)': 'Unlicense',
  'zlib/libpng License': 'Zlib',
  'GNU General Public License v2 (GPLv2)': 'GPL-2.0-only',
  'GNU General Public License v2 or later (GPLv2+)': 'GPL-2.0-or-later',
  'GNU General Public License v3 (GPLv3)': 'GPL-3.0-only',
  'GNU General Public License v3 or later (GPLv3+)': 'GPL-3.0-or-later',
  'GNU Lesser General Public License v2 (LGPLv2)': 'LGPL-2.0-only',
  'GNU Lesser General Public License v2 or later (LGPLv2+)': 'LGPL-2.0-or-later',
  'GNU Lesser General Public License v3 (LGPLv3)': 'LGPL-3.0-only',
  'GNU Lesser General Public License v3 or later (LGPLv3+)': 'LGPL-3.0-or-later',
  'GNU Affero General Public License v3': 'AGPL-3.0-only',
  'GNU Affero General Public License v3 or later (AGPLv3+)': 'AGPL-3.0-or-later',
};

/** What a Python package says: its expression (PEP 639) alone, else its field of old where SPDX has that word, else its classifiers, else that field. */
export function pythonLicences(
  said: {
    readonly expression?: string;
    readonly licence?: string;
    readonly classifiers?: readonly string[];
  },
  words: LicenceWords,
): readonly LicenceClaim[] {
  if (said.expression !== undefined) return licenceClaims([said.expression], words);
  const written = licenceClaims(said.licence === undefined ? [] : [said.licence], words);
  if (written.some(({ kind }) => kind !== 'name')) return written;
  const classified = (said.classifiers ?? [])
    .map(classifier => classifier.split(' :: ').at(-1)!)
    // Says only that there is one.
    .filter(name => name !== 'OSI Approved' && name !== 'Other/Proprietary License')
    .map(name => (Object.hasOwn(CLASSIFIERS, name) ? CLASSIFIERS[name]! : name));
  const claims = licenceClaims(classified, words);
  return claims.length > 0 ? claims : written;
}
