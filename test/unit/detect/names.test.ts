/** What an app is called where its own code says nothing of it: names that a third of all apps have are none. */
import { describe, expect, test } from 'vitest';
import { isGeneralName } from '../../../src/detect/app/general-names.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';

const APP = {
  'requirements.txt': 'fastapi==0.115.0\nuvicorn==0.32.0\n',
  'app/__init__.py': '',
  'app/main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n',
};

async function nameOf(files: Readonly<Record<string, string>>) {
  const { app } = await understand(memoryTree({ ...APP, ...files }));
  const { value, place, why } = app!.facts.name;
  return { value, file: place.file, line: place.line, why, isCommon: app!.plan.commonName };
}

test.each<[string, Readonly<Record<string, string>>, string, object]>([
  ['a project of that name', { 'pyproject.toml': '[project]\nname = "Parcel_Desk"\n' }, 'parcel-desk', { line: 2 }],
  [
    'the compose file, beside a project whose name is as general',
    { 'pyproject.toml': '[project]\nname = "app"\n', 'compose.yaml': 'name: parcels\nservices: {}\n' },
    'parcels',
    { file: 'compose.yaml', line: 1 },
  ],
  [
    'the package of Node at the top',
    { 'package.json': '{\n  "name": "@desk/parcels"\n}\n' },
    'desk-parcels',
    { line: 2 },
  ],
  [
    'a README',
    { 'README.md': '<p>\n\n# 📦 The [Parcel Desk](https://example.org) - who has it\n' },
    'parcel-desk',
    { line: 3 },
  ],
  [
    'a README of another kind',
    { 'README.rst': 'Parcel Desk\n===========\n' },
    'parcel-desk',
    { line: 1, why: 'its title' },
  ],
  [
    'a README that begins with what is none',
    { 'README.md': '# Getting started\n\n# Parcels\n' },
    'app',
    { isCommon: true },
  ],
  [
    'a README with a sentence',
    { 'README.md': '# How to send parcels with FastAPI today\n' },
    'app',
    { isCommon: true },
  ],
  ['a project of Node that is as general', { 'package.json': '{ "name": "frontend" }' }, 'app', { isCommon: true }],
  ['the configuration, whatever it says', { 'quayside.yaml': 'name: app\n' }, 'app', { isCommon: undefined }],
])('%s', async (_, files, value, found) => {
  expect(await nameOf(files)).toMatchObject({ value, ...found });
});

test('the compose file around the directory that the app lies in, by its own place', async () => {
  const files = Object.fromEntries(Object.entries(APP).map(([path, text]) => [`backend/${path}`, text]));
  const { app } = await understand(memoryTree({ ...files, 'compose.yaml': 'name: parcels\nservices: {}\n' }));
  const { name, root } = app!.facts;
  expect({ name: name.value, file: name.place.file, root: root?.value }).toEqual({
    name: 'parcels',
    file: '../compose.yaml',
    root: 'backend',
  });
});

test('a directory that the app lies in', async () => {
  const files = Object.fromEntries(Object.entries(APP).map(([path, text]) => [`services/parcels/${path}`, text]));
  const { app } = await understand(memoryTree(files));
  expect(app!.facts.name).toMatchObject({ value: 'parcels', why: "the app's directory" });
});

describe('a name that many have', () => {
  test.each(['app', 'main', 'backend', 'my-app', 'hello-world', 'project-name', 'flask-app', 'django-project-2'])(
    '%s',
    name => {
      expect(isGeneralName(name)).toBe(true);
    },
  );
  test.each(['shop', 'hc', 'redash', 'flask-stream', 'app-store', 'application-tracker', 'mainframe', 'srcery'])(
    '%s is none',
    name => {
      expect(isGeneralName(name)).toBe(false);
    },
  );
});
