/** The console from its sources, beside a gateway: pages reload when a source changes, styles without a reload. */
import { fileURLToPath } from 'node:url'
import { createServer, type Plugin, type ViteDevServer } from 'vite'

/** Serves the console's two documents at their addresses in the gateway. Other paths go to the gateway. */
const consoleDocuments: Plugin = {
  name: 'console-documents',
  configureServer({ middlewares }) {
    middlewares.use((request, _, next) => {
      const [path = '', query] = (request.url ?? '').split('?')
      const isPage = path === '/' || /^\/console(\/(?!assets\/).*)?$/.test(path)
      if (isPage) {
        const document = path === '/console/terminal' ? 'terminal.html' : 'index.html'
        request.url = `/console/assets/${document}${query === undefined ? '' : `?${query}`}`
      }
      next()
    })
  },
}

/** @param gateway the URL of the gateway that answers all other requests */
export async function startDevServer(gateway: string): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: fileURLToPath(new URL('vite.config.mjs', import.meta.url)),
    plugins: [consoleDocuments],
    clearScreen: false,
    logLevel: 'warn',
    server: {
      host: '127.0.0.1',
      port: 5173,
      // The gateway compares `Origin` with `Host`, so `Host` stays that of vite.
      proxy: {
        '^/(?!console/|@|$)': { target: gateway, ws: true, secure: false },
        // vite adds its base to the address in the documents.
        '/console/assets/favicon.ico': { target: gateway, secure: false, rewrite: () => '/favicon.ico' },
      },
    },
  })
  await server.listen()
  return server
}
