// For comparison: serves an empty React page, built with Vite like the console. Prints its URL.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = mkdtempSync(fileURLToPath(new URL('../../packages/console/empty-page-', import.meta.url)))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
writeFileSync(
  join(root, 'index.html'),
  '<!doctype html><title>Empty</title><div id="root"></div><script type="module" src="./main.tsx"></script>',
)
writeFileSync(
  join(root, 'main.tsx'),
  `import { createRoot } from 'react-dom/client'
createRoot(document.getElementById('root')!).render(<h1>Empty</h1>)`,
)
writeFileSync(join(root, 'vite.config.mjs'), `export default { oxc: { jsx: { runtime: 'automatic' } } }`)
const vite = join(fileURLToPath(new URL('../..', import.meta.url)), 'node_modules/vite/bin/vite.js')
const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: root, stdio: 'inherit' })
if (status !== 0) throw new Error('vite did not build the empty page')
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
const server = createServer(({ url = '/' }, response) => {
  const path = url === '/' ? '/index.html' : url
  try {
    const bytes = readFileSync(join(root, 'dist', path))
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(bytes)
  } catch {
    response.writeHead(404).end()
  }
})
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
})
process.on('SIGTERM', () => process.exit(0))
