import { defineConfig } from 'vitest/config';

/** Unit tests that the quick loop goes without: all kinds of hostile input, every example written anew, the SDK's own reader of the module. */
const SLOW = [
  'test/arch/import-safety.test.ts',
  'test/unit/cli/introspect.test.ts',
  'test/unit/dagger/graph.test.ts',
  'test/unit/detect/endless-files.test.ts',
  'test/unit/detect/initial.test.ts',
  'test/unit/registry/hostile.test.ts',
  'test/unit/registry/others.test.ts',
  'test/unit/render/secrets.test.ts',
  'test/unit/scan/scan.test.ts',
];

/**
 * unit: pure and quick, no container, all in one context, as none changes what another loads. slow: those of them that take seconds each. python: beside what Python itself says. engine: the local engine with real containers.
 * docker: a real Docker Engine for what is rendered; eject: what is rendered, on it, which takes long. publish: what of publishing takes long. secrets: packages from private indexes, and a search for secrets in all that is left. reproducible: images from two empty states. arm64: images for it, by QEMU. e2e: the main job through ./quayside. rootless: the same as a plain user, in a home that is
 * kept: only the first run makes everything anew. stand-ins: all that stands in for Python, of which the others need two.
 */
export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{unit,golden,arch}/**/*.test.ts'],
          exclude: SLOW,
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'slow', include: SLOW, testTimeout: 60_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: 'python', include: ['test/python/**/*.test.ts'], testTimeout: 600_000 } },
      {
        extends: true,
        test: { name: 'engine', include: ['test/{engine,conformance}/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 900_000, maxWorkers: 2 },
      },
      {
        extends: true,
        test: {
          name: 'rootless',
          include: ['test/rootless/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ['test/docker/**/*.test.ts'],
          globalSetup: 'test/docker/shared-engine.ts',
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'eject',
          include: ['test/eject/**/*.test.ts'],
          globalSetup: 'test/docker/shared-engine.ts',
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: { name: 'publish', include: ['test/publish/**/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 1_800_000 },
      },
      {
        extends: true,
        test: { name: 'stand-ins', include: ['test/stand-ins/**/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 1_800_000, maxConcurrency: 1 },
      },
      {
        extends: true,
        test: {
          name: 'reproducible',
          include: ['test/reproducible/**/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: { name: 'secrets', include: ['test/secrets/**/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 1_800_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'arm64', include: ['test/arm64/**/*.test.ts'], testTimeout: 3_600_000, hookTimeout: 3_600_000 },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 1_800_000, fileParallelism: false },
      },
    ],
  },
});
