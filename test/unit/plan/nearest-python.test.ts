import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understandWith } from '../../../src/understand.js';

/** An app that asks for a version. */
const app = (asked: string, requires = '>=3.9') =>
  memoryTree({
    'pyproject.toml': `[project]\nname = "shop"\nversion = "1"\nrequires-python = "${requires}"\ndependencies = ["flask"]\n`,
    'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    '.python-version': `${asked}\n`,
  });

/** Images of some versions are offered, and of some of those there; what was made is told. */
function supply(offered: readonly string[], there: readonly string[]) {
  const made: string[] = [];
  const isOf = (versions: readonly string[]) => async (image: string) =>
    versions.some(version => image === `docker.io/library/python:${version}-slim`);
  return {
    made,
    isOffered: isOf(offered),
    isThere: (image: string) => {
      made.push(image.replace(/.*:|-slim/g, ''));
      return isOf(there)(image);
    },
  };
}

const ALL = ['3.10', '3.11', '3.12', '3.13', '3.14'];

describe('the Python that an app is built on', () => {
  it.each([
    { asked: '3.12', offered: ALL, there: ALL, taken: '3.12', made: ['3.12'] },
    { asked: '3.13', offered: [], there: [], taken: '3.13', made: [] },
    { asked: '3.12', offered: ['3.11', '3.13'], there: [], taken: '3.13', made: ['3.12'] },
    { asked: '3.14', offered: ALL, there: ['3.12'], taken: '3.13', made: ['3.14'] },
    { asked: '3.10', offered: ALL, there: [], taken: '3.11', made: ['3.10'] },
    {
      asked: '3.14',
      requires: '>=3.12,!=3.13.*',
      offered: ALL,
      there: ['3.12'],
      taken: '3.12',
      made: ['3.14', '3.12'],
    },
    { asked: '3.14', requires: '>=3.12,!=3.13.*', offered: ALL, there: [], taken: '3.14', made: ['3.14', '3.12'] },
    { asked: '3.14', requires: '>=3.14', offered: ALL, there: [], taken: '3.14', made: ['3.14'] },
  ])('asked for $asked, $requires, with $there: $taken', async ({ asked, requires, offered, there, taken, made }) => {
    const images = supply(offered, there);
    const [{ app: understood }, notice] = await understandWith(images, app(asked, requires));
    expect(understood?.facts.python.version.value).toBe(taken);
    expect(images.made).toEqual(made);
    const words = `Python ${taken}: ${asked} is asked for, which has no image here: the nearest`;
    expect(notice).toBe(taken === asked ? undefined : words);
  });
});
