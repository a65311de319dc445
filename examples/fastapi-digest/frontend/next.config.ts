import type { NextConfig } from 'next';

const config: NextConfig = {
  // A server of its own with only what it needs, for an image without node_modules.
  output: 'standalone',
  // A lock file further up is not ours: without this, its directory would become the root of the server's files.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  // nginx compresses for both servers.
  compress: false,
};

export default config;
