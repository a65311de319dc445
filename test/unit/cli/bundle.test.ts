import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('a bundle does without what the SDK names and does not bring', async () => {
  const { NEVER_BUNDLED, onlyUsedPartsOfTheSdk } = await import(
    new URL('../../../cli/sdk-in-bundles.mjs', import.meta.url).href
  );
  const contents = "import { OpenCensusMetricProducer } from '@opentelemetry/shim-opencensus'; console.log(1);";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    external: NEVER_BUNDLED,
    plugins: [onlyUsedPartsOfTheSdk],
    logLevel: 'silent',
  });
  expect(outputFiles[0]!.text).toContain('console.log(1)');
});
