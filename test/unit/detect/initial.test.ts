/** The first quayside.yaml: it configures nothing, what it holds ready is read as it is written, and what stands in the way is asked. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.js';
import { FOUND, initialConfig, openQuestions } from '../../../src/detect/explain/initial.js';
import { explained } from '../../../src/detect/explain/sections.js';
import { planDigest } from '../../../src/plan/json.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { EXAMPLE_NAMES, exampleFiles } from '../../support/rendered-apps.js';
import { readSkeleton, SKELETONS } from '../support/corpus.js';
import { DJANGO, withFiles } from './apps.js';

type Files = Readonly<Record<string, string>>;

async function initialOf(files: Files): Promise<string> {
  const { app, diagnostics } = await understand(memoryTree(files));
  return app ? initialConfig(explained(app.facts, app.configured)) : openQuestions(diagnostics);
}

/** What was found, with the `#` before each value taken away. */
function heldFast(text: string): string {
  const found = text.slice(text.indexOf(FOUND));
  return found
    .split('\n')
    .map(line => (/^#(?! )|^# {2}/.test(line) ? line.slice(1) : line))
    .join('\n');
}

const withoutConfig = ({ 'quayside.yaml': _, ...files }: Files): Files => files;
const APPS = [
  ...EXAMPLE_NAMES.map(name => [`examples/${name}`, withoutConfig(exampleFiles(name))] as const),
  ...SKELETONS.map(name => [name, withoutConfig(readSkeleton(name).files)] as const),
];

describe('a first quayside.yaml', () => {
  it.each(APPS)('of %s changes nothing, and holds values that are read', async (_, files) => {
    const text = await initialOf(files);
    expect(parseConfig(text, 'quayside.yaml').value?.config).toEqual({});
    const [before, after] = await Promise.all(
      [files, { ...files, 'quayside.yaml': text }].map(async tree => understand(memoryTree(tree))),
    );
    expect(after?.diagnostics).toEqual(before?.diagnostics);
    expect(after?.app && planDigest(after.app.plan)).toEqual(before?.app && planDigest(before.app.plan));
    if (before?.app) expect(parseConfig(heldFast(text), 'quayside.yaml').diagnostics).toEqual([]);
  });

  it('says what was found, from where, as a line that holds it fast', async () => {
    const text = await initialOf(withoutConfig(exampleFiles('flask-stream')));
    await expect(text).toMatchFileSnapshot('../../golden/init/flask-stream.yaml');
  });

  it('remarks what is not run, beside what is', async () => {
    const text = await initialOf(
      withFiles(DJANGO, { Procfile: 'web: python manage.py load_words && gunicorn site_.wsgi\n' }),
    );
    expect(text).toMatch(/^#migrate: \[ python, manage.py, migrate,/m);
    expect(text).toMatch(/^# not run: python manage.py load_words \(Procfile:1: /m);
  });

  it.each([
    ['flask-two-apps', { server: { entry: 'admin:app' } }],
    ['two-locks', { python: { manager: 'poetry' } }],
    ['monorepo-services', { root: 'services/orders' }],
    ['streamlit', { server: { command: ['python', 'main.py'], port: 8000 } }],
  ])('of %s, which cannot be understood, holds an answer ready', async (name, answer) => {
    const text = await initialOf(readSkeleton(name).files);
    const ready = text.replaceAll(/^#(?! )/gm, '');
    expect(parseConfig(ready, 'quayside.yaml').value?.config).toMatchObject(answer);
  });

  it('asks for variables that have no default, and the answer is for trials alone', async () => {
    const text = await initialOf(readSkeleton('django-environ').files);
    const [, asked = ''] = /^#env:\n((?:# {2}.*\n)+)/m.exec(text) ?? [];
    const answered = `env:\n${asked.replaceAll(/^#/gm, '')}`;
    expect(parseConfig(answered, 'quayside.yaml').diagnostics).toEqual([]);
    expect(asked).toContain('SECRET_KEY: { value: "", only: trial }');
  });
});
