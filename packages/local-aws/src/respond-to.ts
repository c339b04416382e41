/**
 * Handles every request, in process and over TCP: finds the caller, calls the service, and responds when the state is
 * durable.
 */
import type { Ids } from './ids.ts'
import { AwsError } from './protocol/aws-error.ts'
import { type JsonServices, jsonErrorResponse, respondToJson } from './protocol/aws-json.ts'
import { expectsXml, isQuery, type QueryServices, queryErrorResponse, respondToQuery } from './protocol/aws-query.ts'
import { ConnectionCut } from './protocol/connection-cut.ts'
import { withDecompressedBody } from './protocol/content-encoding.ts'
import type { AwsRequest, AwsResponse, Caller } from './protocol/exchange.ts'
import { parseSignature } from './protocol/signature.ts'
import type { Storage } from './storage/storage.ts'

export interface RespondDeps {
  json: JsonServices
  query: QueryServices
  storage: Storage
  ids: Ids
  /** Receives errors that are defects of the engine. The client only gets a general error. */
  onUnexpectedError: (error: unknown) => void
}

/** The names of the engine's services in signatures. */
const serviceNames = [
  'ec2',
  'ecs',
  'events',
  'kms',
  'logs',
  'monitoring',
  'secretsmanager',
  'sqs',
  'ssm',
  'sts',
  'tagging',
]

/**
 * @throws AwsError when the engine does not have the service of the request. A client with one endpoint for all
 * services may send requests to any service.
 */
function checkService(call: AwsRequest): void {
  const service = parseSignature(call)?.service
  if (service !== undefined && !serviceNames.includes(service))
    throw new AwsError('UnsupportedFeatureException', `This engine does not have the service ${service}.`)
}

/** Returns the response to a request. Never rejects, except with ConnectionCut for an injected fault. */
export async function respondTo(
  call: AwsRequest,
  identify: (call: AwsRequest) => Caller | Promise<Caller>,
  deps: RespondDeps,
): Promise<AwsResponse> {
  const requestId = deps.ids.uuid()
  const toErrorResponse = (error: unknown) => errorResponse(error, call, requestId, deps)
  return withCommonHeaders(await respondWhenDurable().catch(toErrorResponse), requestId)

  async function respondWhenDurable(): Promise<AwsResponse> {
    try {
      return await callService().catch(toErrorResponse)
    } finally {
      // An error response waits too, because its error may depend on changes that are not durable yet.
      await deps.storage.whenDurable()
    }
  }

  async function callService(): Promise<AwsResponse> {
    const caller = await identify(call)
    checkService(call)
    const request = await withDecompressedBody(call)
    return isQuery(request)
      ? respondToQuery(request, caller, deps.query, requestId)
      : respondToJson(request, caller, deps.json)
  }
}

/** The response to a request that is rejected before its body is read. */
export function rejectionResponse(error: unknown, head: AwsRequest, deps: RespondDeps): AwsResponse {
  const requestId = deps.ids.uuid()
  return withCommonHeaders(errorResponse(error, head, requestId, deps), requestId)
}

function errorResponse(
  error: unknown,
  call: AwsRequest,
  requestId: string,
  { onUnexpectedError }: RespondDeps,
): AwsResponse {
  if (error instanceof ConnectionCut) throw error
  if (!(error instanceof AwsError)) onUnexpectedError(error)
  const service = parseSignature(call)?.service
  return expectsXml(call, service) ? queryErrorResponse(error, requestId, service) : jsonErrorResponse(error, call)
}

function withCommonHeaders({ status, headers, body }: AwsResponse, requestId: string): AwsResponse {
  return {
    status,
    headers: { ...headers, 'x-amzn-requestid': requestId, 'content-length': String(Buffer.byteLength(body)) },
    body,
  }
}
