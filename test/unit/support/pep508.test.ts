import { describe, expect, it } from 'vitest';
import { markerHolds } from '../../../src/support/pep508/evaluate.js';
import { parseMarker } from '../../../src/support/pep508/marker.js';
import { pythonMarker } from '../../../src/support/pep508/python-range.js';
import { normaliseName, parseRequirement, readRequirement } from '../../../src/support/pep508/requirement.js';
// What the library `packaging`, which pip uses, says of each: of markers for CPython 3.13 on Linux.
import ANSWERS from './packaging-answers.json' with { type: 'json' };

describe('requirements are read as the library packaging reads them', () => {
  it.each(ANSWERS.requirements)('$text', ({ text, name, extras, versions, url, marker }) => {
    const read = parseRequirement(text);
    if (name === undefined) {
      expect(read).toBeUndefined();
      return;
    }
    expect(read).toMatchObject({ name: normaliseName(name), extras: extras!.map(normaliseName) });
    expect(read!.versions.toSorted()).toEqual(versions);
    expect(read!.url ?? null).toBe(url);
    expect(read!.marker ?? null).toEqual(marker === null ? null : parseMarker(marker!));
  });

  it.each<[string, ReturnType<typeof readRequirement>]>([
    ['flask>=1.x.y', { name: 'flask', extras: [], versions: [] }],
    ['flask[async] >=3 # ours', { name: 'flask', extras: ['async'], versions: [] }],
    ['./libs/money', undefined],
    ['-e .', undefined],
    ['https://example.invalid/x.zip', undefined],
  ])('as much as can be read of %s', (text, expected) => {
    expect(readRequirement(text)).toEqual(expected);
  });
});

describe('markers', () => {
  it.each(ANSWERS.markers)('$text', ({ text, holds }) => {
    expect(markerHolds(parseMarker(text)!, { python: '3.13' })).toBe(holds);
  });

  it.each<[string, string | undefined, boolean | undefined]>([
    ['python_version < "3.9"', undefined, undefined],
    ['python_version < "3.9" and sys_platform == "win32"', undefined, false],
    ['python_version < "3.9" or sys_platform == "linux"', undefined, true],
    ['python_version < "3.9" or sys_platform == "win32"', undefined, undefined],
    ['python_full_version == "3.13.2"', '3.13', undefined],
    ['python_full_version == "3.12.2"', '3.13', false],
    ['platform_release >= "6"', '3.13', undefined],
  ])('%s with Python %s is answered as far as it is known', (text, python, holds) => {
    expect(markerHolds(parseMarker(text)!, { python })).toBe(holds);
  });

  it.each<[string, string, boolean]>([
    ['extra == "My_Extra"', 'my-extra', true],
    ['extra == "other"', 'my-extra', false],
    ['extra != "other"', 'My.Extra', true],
  ])('%s for the extra %s', (text, extra, holds) => {
    expect(markerHolds(parseMarker(text)!, { extra })).toBe(holds);
  });
});

describe('ranges of Python', () => {
  const versions = ['2.7', '3.10', '3.11', '3.12', '3.13'];
  it.each([
    ['<3.11', '2.7 3.10'],
    ['~3.10 || ^2.7', '2.7 3.10'],
    ['^3.11', '3.11 3.12 3.13'],
    ['>=3.10,<3.12 || >=3.13', '3.10 3.11 3.13'],
    ['3.12.*', '3.12'],
    ['!=3.12.*', '2.7 3.10 3.11 3.13'],
    ['*', '2.7 3.10 3.11 3.12 3.13'],
    ['latest', '2.7 3.10 3.11 3.12 3.13'],
  ])('%s is a marker that holds for %s', (range, expected) => {
    const marker = pythonMarker(range);
    const allowed = versions.filter(python => marker === undefined || markerHolds(marker, { python }));
    expect(allowed.join(' ')).toBe(expected);
  });
});
