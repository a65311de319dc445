import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const backend = 'http://127.0.0.1:5000'

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist' },
  server: {
    // `npm run dev` serves the page, Flask the rest.
    proxy: { '/api': backend, '/events': backend, '/media': backend },
  },
})
