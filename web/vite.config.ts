import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    // The page's policy forbids data: addresses for fonts and fetches (SECURITY.md HT-02).
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
