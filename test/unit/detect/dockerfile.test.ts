/** Dockerfiles: their instructions, and what they say of the app. */
import { describe, expect, it } from 'vitest';
import {
  imageDirectory,
  imagePython,
  imageVariable,
  imageVariables,
  imageVolumes,
} from '../../../src/detect/files/dockerfile.js';
import { readInstructions } from '../../../src/detect/files/dockerfile-instructions.js';
import { memoryTree } from '../../../src/source/tree.js';

describe('instructions', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    [
      'a stage',
      'FROM --platform=$P python:3.13 AS base',
      [{ kind: 'from', image: 'python:3.13', name: 'base', line: 1 }],
    ],
    [
      'an argument in the name of an image',
      'ARG V=3.12\nFROM python:${V}-slim',
      [
        { kind: 'arg', name: 'V', value: '3.12', line: 1 },
        { kind: 'from', image: 'python:3.12-slim', line: 2 },
      ],
    ],
    [
      'lines that go on, with comments and empty lines between',
      'ENV A=1 \\\n  # why\n\n  B="two words" \\\n  C=a\\ b',
      [
        {
          kind: 'env',
          values: [
            ['A', '1'],
            ['B', 'two words'],
            ['C', 'a b'],
          ],
          line: 1,
        },
      ],
    ],
    [
      'the old form of a variable in quotes',
      'ENV NAME "redis"',
      [{ kind: 'env', values: [['NAME', 'redis']], line: 1 }],
    ],
    ['the old form of a variable', 'ENV NAME some text', [{ kind: 'env', values: [['NAME', 'some text']], line: 1 }]],
    [
      'variables in variables',
      'FROM x\nENV A=1\nENV B=$A/${C:-d}/${A:+e}/$F',
      [
        { kind: 'from', image: 'x', line: 1 },
        { kind: 'env', values: [['A', '1']], line: 2 },
        { kind: 'env', values: [['B', '1/d/e/$F']], line: 3 },
      ],
    ],
    [
      'another sign for lines that go on',
      '# escape=`\nENV A=1 `\n  B=2',
      [
        {
          kind: 'env',
          values: [
            ['A', '1'],
            ['B', '2'],
          ],
          line: 2,
        },
      ],
    ],
    ['words', 'CMD ["a", "b c"]', [{ kind: 'cmd', command: { form: 'exec', words: ['a', 'b c'] }, line: 1 }]],
    ['a text', "CMD ['a']", [{ kind: 'cmd', command: { form: 'shell', text: "['a']" }, line: 1 }]],
    [
      'no command of a health check',
      'HEALTHCHECK CMD curl x',
      [{ kind: 'other', keyword: 'healthcheck', text: 'CMD curl x', line: 1 }],
    ],
    ['nothing for later builds', 'ONBUILD ENV A=1', [{ kind: 'other', keyword: 'onbuild', text: 'ENV A=1', line: 1 }]],
    [
      'a here-document, whose lines are no instructions',
      'RUN <<EOF\nCMD no\nEOF\ncmd yes',
      [
        { kind: 'run', command: { form: 'shell', text: '<<EOF\nCMD no\nEOF' }, line: 1 },
        { kind: 'cmd', command: { form: 'shell', text: 'yes' }, line: 4 },
      ],
    ],
    [
      'volumes',
      'VOLUME ["/a", "/b c"]\nVOLUME /d /e',
      [
        { kind: 'volume', paths: ['/a', '/b c'], line: 1 },
        { kind: 'volume', paths: ['/d', '/e'], line: 2 },
      ],
    ],
  ])('are read: %s', (_, text, expected) => {
    expect(readInstructions(text)).toEqual(expected);
  });
});

describe('what a Dockerfile says', () => {
  const tree = memoryTree({
    Dockerfile: [
      'ARG PYTHON=3.12',
      'FROM python:$PYTHON AS base',
      'ENV MODE=base LEVEL=info',
      'WORKDIR /code',
      'FROM node:22 AS frontend',
      'ENV MODE=frontend',
      'WORKDIR /web',
      'FROM base',
      'ENV MODE=production',
      'WORKDIR /srv/app/',
      'VOLUME /srv/app/uploads /var/lib/shop',
    ].join('\n'),
  });

  it.each<readonly [string, string, string]>([
    [
      'the one before a stage for developers',
      'FROM python:3.13 AS prod\nENV MODE=prod\nFROM prod AS dev\nENV MODE=dev',
      'prod',
    ],
    ['the only one, whatever its name', 'FROM python:3.13 AS dev\nENV MODE=dev', 'dev'],
  ])('is that of %s', async (_, text, mode) => {
    expect((await imageVariable(memoryTree({ Dockerfile: text }), 'MODE'))?.value).toBe(mode);
  });

  it('is that of its last stage, and of those that it is made from', async () => {
    expect(await imageVariable(tree, 'MODE')).toEqual({ value: 'production', place: { file: 'Dockerfile', line: 9 } });
    expect(await imageVariable(tree, 'LEVEL')).toEqual({ value: 'info', place: { file: 'Dockerfile', line: 3 } });
    expect(await imageVariable(tree, 'PATH')).toBeUndefined();
    expect(await imageDirectory(tree)).toBe('/srv/app');
    expect((await imagePython(tree))?.value).toBe('3.12');
    expect((await imageVolumes(tree)).map(({ value }) => value)).toEqual(['uploads', '/var/lib/shop']);
  });

  it('is not one that only whoever builds the image knows', async () => {
    const built = memoryTree({ Dockerfile: 'FROM python:3.12\nARG COMMIT\nENV REVISION=$COMMIT MODE=${MODE:-own}\n' });
    expect((await imageVariables(built)).map(({ value }) => value.name)).toEqual(['MODE']);
  });

  it('is nothing where there is none', async () => {
    expect(await imageDirectory(memoryTree({}))).toBe('/app');
    expect(await imageVolumes(memoryTree({}))).toEqual([]);
  });
});

describe('the Dockerfile of an app', () => {
  const served = (mode: string) => `FROM python:3.12-slim\nENV MODE=${mode}\nCMD ["gunicorn", "shop:app"]\n`;

  it.each<readonly [string, Readonly<Record<string, string>>, string | undefined]>([
    [
      'at the top before all others',
      { Dockerfile: served('top'), 'docker/prod/Dockerfile': served('prod') },
      'Dockerfile',
    ],
    [
      'for production, in a directory of its own',
      {
        'compose/production/django/Dockerfile': served('prod'),
        'compose/local/django/Dockerfile': served('local'),
        'compose/production/traefik/Dockerfile': 'FROM traefik:3\nCMD ["traefik"]\n',
      },
      'compose/production/django/Dockerfile',
    ],
    [
      'for production beside one at the top, which is for developers',
      { Dockerfile: served('top'), 'Dockerfile.prod': served('prod'), 'Dockerfile.dev': served('dev') },
      'Dockerfile.prod',
    ],
    [
      'at the top where what is for production starts nothing',
      { Dockerfile: served('top'), 'Dockerfile.prod': 'FROM nginx\nCOPY web /web\n' },
      'Dockerfile',
    ],
    ['with an ending', { 'Dockerfile.dev': served('dev'), 'Dockerfile.prod': served('prod') }, 'Dockerfile.prod'],
    [
      'without an ending beside that of a worker',
      { 'deploy/docker/Dockerfile': served('web'), 'deploy/docker/Dockerfile.worker': served('worker') },
      'deploy/docker/Dockerfile',
    ],
    [
      'on an image without Python that gets one',
      { 'docker/Dockerfile': 'FROM debian:12\nENV MODE=own\nRUN uv sync --frozen\nENTRYPOINT ["/start"]\n' },
      'docker/Dockerfile',
    ],
    ['alone among those of two apps', { 'web/Dockerfile': served('web'), 'api/Dockerfile': served('api') }, undefined],
    [
      'of this app, and not of a project below it',
      { 'sample/web/Dockerfile': served('sample'), 'sample/web/requirements.txt': 'flask\n' },
      undefined,
    ],
    ['where it starts nothing', { 'docker/Dockerfile': 'FROM python:3.12\nENV MODE=base\n' }, undefined],
    ['where it serves a frontend', { 'docker/Dockerfile': 'FROM nginx\nENV MODE=x\nCMD ["nginx"]\n' }, undefined],
    ['where it is for developers', { '.devcontainer/Dockerfile': served('dev') }, undefined],
  ])('is the one %s', async (_, files, file) => {
    expect((await imageVariable(memoryTree(files), 'MODE'))?.place.file).toBe(file);
  });
});
