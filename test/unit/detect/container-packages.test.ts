/** Packages of the system that an app's own container installs by name: those that are known are in the image as well. */
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/detect/facts.js';
import { namesOf } from '../../../src/support/native/definition.js';
import { detectFiles, FASTAPI, type Files, withFiles } from './apps.js';

async function factsOf(files: Files): Promise<Facts> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
}

describe('packages of the system that its own container installs', () => {
  const DOCKERFILE = [
    'FROM python:3.12 AS build',
    'RUN apt-get update && apt-get install -y graphviz',
    'FROM python:3.12',
    'RUN apt-get update && apt-get install -y --no-install-recommends pandoc=3.1 curl libpq-dev wkhtmltopdf cron',
    'RUN apt install -y ffmpeg',
    'RUN apt-get -o Acquire::Retries=3 install -t bookworm-backports "tesseract-ocr=5.*"',
    'CMD ["uvicorn", "main:app"]',
    '',
  ].join('\n');

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'are installed where they are known in all releases, but for what builds and waits',
      { Dockerfile: DOCKERFILE },
      ['pandoc', 'ffmpeg', 'tesseract-ocr'],
    ],
    [
      'are left to a configuration that has a list',
      { Dockerfile: DOCKERFILE, 'quayside.yaml': 'native: { runtime: [ffmpeg] }\n' },
      ['ffmpeg'],
    ],
    ['are none without one', {}, []],
  ])('%s', async (_, files, installed) => {
    const { native } = await factsOf(withFiles(FASTAPI, files));
    expect(native.flatMap(({ runtime }) => runtime).flatMap(namesOf)).toEqual(installed);
  });
});
