import { fileURLToPath } from 'node:url'

/** Two documents: the console, and the terminal, whose library needs a policy of its own (decision 0121). */
export default {
  root: fileURLToPath(new URL('./src', import.meta.url)),
  base: '/console/assets/',
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: fileURLToPath(new URL('./dist', import.meta.url)),
    emptyOutDir: true,
    assetsDir: '',
    // A data URL as script or style would break the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: 'third-party-notices.md' },
    rollupOptions: {
      input: {
        index: fileURLToPath(new URL('./src/index.html', import.meta.url)),
        terminal: fileURLToPath(new URL('./src/terminal.html', import.meta.url)),
      },
    },
  },
}
