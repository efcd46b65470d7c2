/** The page: no inline code and no data URLs, so that it lives under the strict policy of src/api/security-headers.ts. */
export default {
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};
