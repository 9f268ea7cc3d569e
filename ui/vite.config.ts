import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** The hub that `npm run dev` talks to. */
const hub = process.env['FIELDHOOK_HUB'] ?? 'http://127.0.0.1:8080';

/** What the hub answers itself; everything else is the console's. */
const api = ['/v1', '/oauth', '/bin', '/docs', '/health', '/openapi.yaml', '/openapi.json', '/demo/stream', '/demo/hook', '/demo/control', '/demo/firmware'];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../internal/console/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    chunkSizeWarningLimit: 700,
  },
  server: {
    // The hub refuses changes that come from another origin, so the proxy speaks as the hub's own.
    proxy: Object.fromEntries(api.map((path) => [path, { target: hub, changeOrigin: true, headers: { Origin: hub } }])),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
    testTimeout: 30_000,
  },
});
