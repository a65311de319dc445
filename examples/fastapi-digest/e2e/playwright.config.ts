import { defineConfig, devices } from '@playwright/test';

/** BASE_URL says where the app is: nginx in front of both servers, whose certificate may be self-signed. */
export default defineConfig({
  testDir: '.',
  outputDir: process.env.OUTPUT_DIR ?? 'test-results',
  // A busy build machine takes its time to read and to speak.
  expect: { timeout: 30_000 },
  timeout: 120_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: process.env.BASE_URL ?? 'https://localhost:8443',
    ignoreHTTPSErrors: true,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [{ name: 'chromium', use: devices['Desktop Chrome'] }],
});
