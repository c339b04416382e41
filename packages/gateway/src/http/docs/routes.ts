/**
 * The routes of /openapi.json and of /docs: the reference, the problems, the guides and the concepts. The pages are
 * made and their modules loaded at the first request, because the start of the process does not need them.
 */
import { Type } from '../../typebox/type.ts'
import { findProgramVersion } from '../program/version.ts'
import type { Api, Route, RouteSchema } from '../route.ts'
import type { OpenApi } from './openapi.ts'

const html = {
  tag: 'Process',
  isPublic: true,
  isHidden: true,
  produces: 'text/html',
  answers: { 200: Type.String() },
} as const

const openapi = {
  summary: 'OpenAPI document',
  tag: 'Process',
  isPublic: true,
  isHidden: true,
  answers: { 200: Type.Object({}) },
} satisfies RouteSchema
const home = { ...html, summary: 'Documentation' } satisfies RouteSchema
const reference = { ...html, summary: 'Reference page' } satisfies RouteSchema
const problems = { ...html, summary: 'Problem codes' } satisfies RouteSchema
const problem = { ...html, summary: 'A problem code' } satisfies RouteSchema
const guides = { ...html, summary: 'Guides' } satisfies RouteSchema
const guide = { ...html, summary: 'A guide' } satisfies RouteSchema
const concept = { ...html, summary: 'A concept' } satisfies RouteSchema

type Schemas = Readonly<Record<string, Record<string, unknown>>>

/** Makes a page once, because requests need no token and making a page takes some 20 ms. */
function makeOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** @param schemas returns the schemas that the routes' schemas refer to, with examples */
export function docsRoutes<Account>(rootApi: Api<Account>, routes: readonly Route[], schemas: () => Promise<Schemas>) {
  const document = makeOnce(async (): Promise<OpenApi> => {
    const [{ openApiDocument }, known, described] = await Promise.all([
      import('./openapi.ts'),
      findProgramVersion(),
      schemas(),
    ])
    return openApiDocument({ routes, schemas: described, version: known.version })
  })
  rootApi.get('/openapi.json', { schema: openapi }, document)
  const page = makeOnce(async () => (await import('./reference-page.ts')).referencePage(await document()))
  const codes = makeOnce(async () => (await import('./problem-pages.ts')).problemsPage())
  const pages = () => import('./markdown-pages.ts')
  rootApi.get('/docs', { schema: home }, async () => (await pages()).homePage())
  rootApi.get('/docs/reference', { schema: reference }, page)
  rootApi.get('/docs/problems', { schema: problems }, codes)
  rootApi.get('/docs/problems/:code', { schema: problem }, async ({ params }) =>
    (await import('./problem-pages.ts')).problemPage(params.code),
  )
  rootApi.get('/docs/guides', { schema: guides }, async () => (await pages()).guidesPage())
  rootApi.get('/docs/guides/:guide', { schema: guide }, async ({ params }) => (await pages()).guidePage(params.guide))
  rootApi.get('/docs/concepts/:concept', { schema: concept }, async ({ params }) =>
    (await pages()).conceptPage(params.concept),
  )
}
