/** The routes of the console: its two HTML documents, the console and a terminal, and their assets. */
import { fileURLToPath } from 'node:url'
import { escapeHtml } from '../http/docs/html.ts'
import { programFolder } from '../http/program/program-folder.ts'
import { FileAnswer } from '../http/response/file-answer.ts'
import type { Api, RequestDetails, RouteSchema } from '../http/route.ts'
import { NotFound } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'
import type { ConsoleFiles } from './files.ts'

const html = {
  tag: 'Console',
  isPublic: true,
  isHidden: true,
  produces: 'text/html',
  leavesQueryToPage: true,
  answers: { 200: Type.String() },
} as const

const page = { ...html, summary: 'A page of the console' } satisfies RouteSchema
const terminal = { ...html, summary: 'The document of a terminal' } satisfies RouteSchema
const favicon = { ...html, summary: 'The icon', produces: 'image/x-icon' } satisfies RouteSchema
const asset = { ...html, summary: 'An asset of the console', produces: 'text/javascript' } satisfies RouteSchema

/**
 * The value of the header `Server-Timing` when a page of another site opened the document. Scripts can read no other
 * header of their own document. With this value, the console asks for confirmation before a one-time code signs in.
 */
const openedByOtherSite = 'opened-by-other-site'

const consoleFolder = () => fileURLToPath(programFolder('console'))

export function consoleRoutes<Account>(rootApi: Api<Account>): void {
  // Created at the first request, to keep the start short.
  let consoleFiles: Promise<ConsoleFiles> | undefined
  const files = () => {
    consoleFiles ??= import('./files.ts').then(({ ConsoleFiles }) => new ConsoleFiles(consoleFolder()))
    return consoleFiles
  }
  const document = async (name: string, { requestDetails }: { requestDetails: RequestDetails }) => {
    const file = await (await files()).find(name)
    if (!file) return notBuiltPage(consoleFolder())
    // `none`: the person typed the address, or opened it from another program. Browsers send the header to HTTPS and
    // localhost only.
    const from = requestDetails.headers['sec-fetch-site'] ?? 'none'
    if (from === 'none' || from === 'same-origin') return file
    return new FileAnswer(file.bytes, file.type, file.etag, { ...file.headers, 'server-timing': openedByOtherSite })
  }
  rootApi.get('/', { schema: page }, (call) => document('index.html', call))
  rootApi.get('/favicon.ico', { schema: favicon }, async () => (await import('./icon.ts')).icon)
  rootApi.get('/console', { schema: page }, (call) => document('index.html', call))
  rootApi.get('/console/*', { schema: page }, (call) => document('index.html', call))
  rootApi.get('/console/terminal', { schema: terminal }, (call) => document('terminal.html', call))
  rootApi.get('/console/assets/:file', { schema: asset }, async ({ params }) => {
    const file = params.file.endsWith('.html') ? undefined : await (await files()).find(params.file)
    if (file) return file
    throw new NotFound('RouteNotFound', 'The console has no such asset.', {
      next: 'Reload the page: the console may have been built anew.',
    })
  })
}

function notBuiltPage(folder: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The console is not built</title></head>
<body><h1>The console is not built yet</h1>
<p>A start with <code>npm start</code> builds it within some seconds: reload this page. Otherwise run
<code>npm run console</code> in the folder of the sources. Its files are expected in <code>${escapeHtml(folder)}</code>.</p>
<p><a href="/docs">Documentation</a></p></body></html>`
}
