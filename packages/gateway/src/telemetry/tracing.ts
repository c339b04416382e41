/**
 * Traces, for an OpenTelemetry collector: a span for each request and one for each call to AWS that was made for it. They hold route
 * patterns, actions, accounts and outcomes; never a path, a query, a header or a body. Loaded only where a collector is configured.
 */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { samplerOf } from './sampler.ts'

interface AwsCall {
  account: string
  action: string
  ms: number
  attempts: number
  throttles: number
  problem: { status: number; code: string } | undefined
}

interface AnsweredRequest {
  method: string | undefined
  route: string | undefined
  account: string | undefined
  status: number
  code: string | undefined
  requestId: string
}

/** A request's trace, from its first byte to its answer. */
interface RequestTrace {
  traceId: string
  awsCalled: (call: AwsCall) => void
  answered: (request: AnsweredRequest) => void
}

export interface Tracing {
  /** A request begins; its `traceparent` says which trace it belongs to. */
  begin: (headers: object) => RequestTrace
  /** Sends what has not been sent yet. */
  close: () => Promise<void>
}

const complainEveryMs = 60_000
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const getter = {
  keys: (carrier: object) => Object.keys(carrier),
  get: (carrier: object, key: string) => (carrier as Record<string, string | string[] | undefined>)[key],
}

/**
 * @param environment OpenTelemetry's own variables; the exporter reads its own by itself
 * @param onNotice told now and then that the collector takes nothing
 */
export function openTracing(
  environment: Readonly<Record<string, string | undefined>>,
  onNotice: (text: string) => void,
): Tracing {
  let complainedAt = Number.NEGATIVE_INFINITY
  setGlobalErrorHandler((error) => {
    if (performance.now() - complainedAt < complainEveryMs) return
    complainedAt = performance.now()
    onNotice(`traces are not taken: ${error instanceof Error ? error.message : 'no reason was told'}`)
  })
  const named = resourceFromAttributes({ 'service.name': 'ecs-api' })
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(environment),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  })
  const tracer = provider.getTracer('ecs-api')
  const propagator = new W3CTraceContextPropagator()
  return {
    begin: (headers) => begin(tracer, propagator.extract(ROOT_CONTEXT, headers, getter)),
    close: () => provider.shutdown(),
  }
}

function begin(tracer: Tracer, parent: Context): RequestTrace {
  const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, parent)
  const own = trace.setSpan(parent, span)
  return {
    traceId: span.spanContext().traceId,
    awsCalled: (call) => awsSpan(tracer, own, call),
    answered: (request) => endRequest(span, request),
  }
}

/** Names and attributes as in OpenTelemetry, "Semantic conventions for HTTP spans". */
function endRequest(span: Span, { method = '', route, account, status, code, requestId }: AnsweredRequest): void {
  const known = methods.has(method) ? method : '_OTHER'
  span.updateName(route ? `${known} ${route}` : known)
  span.setAttributes(
    present({
      'http.request.method': known,
      'http.route': route,
      'http.response.status_code': status,
      'ecs_api.account': account,
      'ecs_api.problem': code,
      'ecs_api.request_id': requestId,
    }),
  )
  if (status >= 500) fail(span, code ?? String(status))
  span.end()
}

/** Made once the call is over: how long it took is known then. */
function awsSpan(
  tracer: Tracer,
  parent: Context,
  { account, action, ms, attempts, throttles, problem }: AwsCall,
): void {
  const end = Date.now()
  const attributes = {
    'rpc.system': 'aws-api',
    'rpc.method': action,
    'ecs_api.account': account,
    'ecs_api.attempts': attempts,
    'ecs_api.throttles': throttles,
  }
  const span = tracer.startSpan(action, { kind: SpanKind.CLIENT, startTime: end - ms, attributes }, parent)
  if (problem) fail(span, problem.code)
  span.end(end)
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function present(attributes: Record<string, string | number | undefined>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
