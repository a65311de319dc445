/** What stays outside of a bundle: the compiler, and what packages name and go on without: the SDK's telemetry, and CycloneDX's library for XML. */
export const NEVER_BUNDLED = ['typescript', '@opentelemetry/shim-opencensus', 'xmlbuilder2'];

/** The SDK's index also exports what only an engine's runtime needs (the TypeScript compiler, OpenTelemetry): leave out what is not used. */
export const onlyUsedPartsOfTheSdk = {
  name: 'only-used-parts-of-the-sdk',
  setup(builder) {
    const sdk = /@dagger\.io|@opentelemetry/;
    builder.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === onlyUsedPartsOfTheSdk || !sdk.test(path + importer)) return undefined;
      const found = await builder.resolve(path, { importer, resolveDir, kind, pluginData: onlyUsedPartsOfTheSdk });
      return sdk.test(found.path) ? { ...found, sideEffects: false } : found;
    });
  },
};
