import { defineConfig } from 'vitest/config';

/**
 * Walks through the console with a real browser and a real hub, one after the
 * other; with MEASURE set, measurements instead.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: [process.env['MEASURE'] ? 'e2e/**/*.measure.ts' : 'e2e/**/*.walk.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    retry: 0,
    expect: { poll: { timeout: 30_000 } },
  },
});
