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

/** Images of some versions can be had; which were asked for is told. */
function supply(versions: readonly string[]) {
  const looked: string[] = [];
  const canBeHad = async (image: string) => {
    const [, version = ''] = /^docker\.io\/library\/python:(.*)-slim$/.exec(image) ?? [];
    looked.push(version);
    return versions.includes(version);
  };
  return { looked, canBeHad };
}

describe('the Python that an app is built on', () => {
  it.each([
    { asked: '3.12', there: ['3.12'], taken: '3.12', looked: ['3.12'] },
    { asked: '3.13', there: [], taken: '3.13', looked: [] },
    { asked: '3.12', there: [], taken: '3.13', looked: ['3.12'] },
    { asked: '3.14', there: ['3.12'], taken: '3.13', looked: ['3.14'] },
    { asked: '3.10', there: ['3.9'], taken: '3.11', looked: ['3.10'] },
    { asked: '3.9', there: ['3.9'], taken: '3.9', looked: ['3.9'] },
    { asked: '3.9', there: ['3.10'], taken: '3.10', looked: ['3.9', '3.10'] },
    { asked: '3.7', requires: '>=3.6', there: ['3.6', '3.9'], taken: '3.6', looked: ['3.7', '3.8', '3.6'] },
    { asked: '3.14', requires: '>=3.12,!=3.13.*', there: ['3.12'], taken: '3.12', looked: ['3.14', '3.12'] },
    { asked: '3.14', requires: '>=3.12,!=3.13.*', there: [], taken: '3.14', looked: ['3.14', '3.12'] },
    { asked: '3.14', requires: '>=3.14', there: [], taken: '3.14', looked: ['3.14'] },
  ])('asked for $asked, $requires, with $there: $taken', async ({ asked, requires, there, taken, looked }) => {
    const images = supply(there);
    const [{ app: understood }, notice] = await understandWith(images.canBeHad, app(asked, requires));
    expect(understood?.facts.python.version.value).toBe(taken);
    expect(images.looked).toEqual(looked);
    const words = `Python ${taken}: ${asked} is asked for, which has no image here: the nearest`;
    expect(notice).toBe(taken === asked ? undefined : words);
  });
});
