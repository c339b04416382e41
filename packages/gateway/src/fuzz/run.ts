/** Sends generated requests to a program and checks every response against openapi.json and the rules of errors. */
import fc from 'fast-check'
import { ResponseSchemas } from '../testing/response-schemas.ts'
import { SlowRequests } from './long-turns.ts'
import { type FuzzRequest, type OpenApi, requestArbitrary } from './requests.ts'

export interface FuzzAnswer {
  status: number
  headers: Record<string, string | undefined>
  text: string
}

interface Finding {
  request: FuzzRequest
  status: number
  fault: string
  text: string
}

export interface FuzzReport {
  requests: number
  findings: Finding[]
  /** The number of responses by status. */
  statuses: Map<number, number>
  /** Methods and routes with at least one 2xx response. */
  successfulRoutes: Set<string>
  slowRequests: SlowRequests
}

/** Codes of 400 problems that must list their errors. A 400 that comes from AWS has only AWS's message. */
const codesWithErrors = new Set(['InvalidBody', 'InvalidQuery', 'InvalidHeader', 'InvalidCursor'])

/** Sends `requests` requests, one after another. The same seed generates the same requests. */
export async function fuzz(
  openapi: OpenApi,
  send: (request: FuzzRequest) => Promise<FuzzAnswer>,
  { requests = 1000, seed = 1 } = {},
): Promise<FuzzReport> {
  const schemas = new ResponseSchemas(openapi)
  const report: FuzzReport = {
    requests: 0,
    findings: [],
    statuses: new Map(),
    successfulRoutes: new Set(),
    slowRequests: new SlowRequests(),
  }
  const knownIds = new Map<string, string[]>()
  const perRound = 100
  for (let round = 0; report.requests < requests; round++) {
    const batch = fc.sample(requestArbitrary(openapi, knownIds), {
      seed: seed + round,
      numRuns: Math.min(perRound, requests - report.requests),
    })
    for (const request of batch) {
      const startedAt = Date.now()
      const answer = await send(request)
      report.slowRequests.add(request, answer.status, startedAt, Date.now())
      report.requests++
      report.statuses.set(answer.status, (report.statuses.get(answer.status) ?? 0) + 1)
      if (answer.status < 300) report.successfulRoutes.add(`${request.method} ${request.route}`)
      for (const fault of faultsOf(request, answer, schemas))
        report.findings.push({ request, status: answer.status, fault, text: answer.text.slice(0, 2000) })
      collectIds(request, answer, knownIds)
    }
  }
  return report
}

function faultsOf(request: FuzzRequest, { status, headers, text }: FuzzAnswer, schemas: ResponseSchemas): string[] {
  const faults: string[] = []
  if (!headers['x-request-id']) faults.push('no X-Request-Id')
  if (status === 304) return faults
  const type = headers['content-type']?.split(';')[0] ?? ''
  if (status >= 400 && type !== 'application/problem+json') faults.push(`an error as ${type}`)
  const body: unknown = type.endsWith('json') ? JSON.parse(text) : text
  const code = isObject(body) ? body.code : undefined
  if (status >= 500 && !(status === 501 && code === 'NotYetAvailable')) faults.push(`${status} ${code}`)
  if (
    status === 400 &&
    typeof code === 'string' &&
    codesWithErrors.has(code) &&
    !(isObject(body) && Array.isArray(body.errors) && body.errors.length > 0)
  )
    faults.push('a 400 without a list of errors')
  const { method, route } = request
  const schemaFault = schemas.findFault({ method, route, status, mediaType: type, body })
  if (schemaFault) faults.push(schemaFault)
  return faults
}

/** Collects ids of tasks and deployments from a response, for the paths of later requests. */
function collectIds(
  request: FuzzRequest,
  { status, headers, text }: FuzzAnswer,
  knownIds: Map<string, string[]>,
): void {
  if (
    status >= 300 ||
    headers['content-type']?.startsWith('text/event-stream') ||
    !/\/(tasks|deployments)(\?|$)/.test(request.url)
  )
    return
  const { items } = JSON.parse(text) as { items?: { id?: string }[] }
  const name = /\/deployments/.test(request.url) ? 'deployment' : 'task'
  const ids = (items ?? []).flatMap((item) => item.id ?? [])
  if (ids.length > 0) knownIds.set(name, ids.slice(0, 3))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
