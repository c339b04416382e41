/**
 * Traces for an OpenTelemetry collector: a span for each request, and a child span for each call to AWS that the
 * request caused. Spans contain route patterns, actions, accounts and outcomes, but never a path, a query, a header or
 * a body. The module is loaded only when a collector is configured.
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
import { errorText } from '../problems/problem.ts'
import { samplerOf } from './sampler.ts'

interface AwsCall {
  account: string
  action: string
  durationMs: number
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

/** The span of one request, while the request is in progress. */
interface RequestTrace {
  traceId: string
  onAwsCall: (call: AwsCall) => void
  onAnswered: (request: AnsweredRequest) => void
}

export interface Tracing {
  /** Starts the span of a request, as part of the trace in its header `traceparent`. */
  begin: (headers: object) => RequestTrace
  /** Exports the spans that are not exported yet. */
  close: () => Promise<void>
}

const noticeIntervalMs = 60_000
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const getter = {
  keys: (carrier: object) => Object.keys(carrier),
  get: (carrier: object, key: string) => (carrier as Record<string, string | string[] | undefined>)[key],
}

/**
 * @param environment has OpenTelemetry's variables; the exporter itself reads further variables of the process
 * @param onNotice called at most once a minute while spans cannot be exported
 */
export function openTracing(
  environment: Readonly<Record<string, string | undefined>>,
  onNotice: (text: string) => void,
): Tracing {
  let noticedAt = Number.NEGATIVE_INFINITY
  setGlobalErrorHandler((error) => {
    if (performance.now() - noticedAt < noticeIntervalMs) return
    noticedAt = performance.now()
    const reason = error instanceof Error ? errorText(error) : 'no reason is known'
    onNotice(`traces cannot be sent to the OpenTelemetry collector: ${reason}`)
  })
  const serviceName = resourceFromAttributes({ 'service.name': 'ecs-api' })
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(serviceName)
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
  const context = trace.setSpan(parent, span)
  return {
    traceId: span.spanContext().traceId,
    onAwsCall: (call) => addAwsSpan(tracer, context, call),
    onAnswered: (request) => endRequest(span, request),
  }
}

/** Names and attributes follow OpenTelemetry's "Semantic conventions for HTTP spans". */
function endRequest(span: Span, { method = '', route, account, status, code, requestId }: AnsweredRequest): void {
  const spanMethod = methods.has(method) ? method : '_OTHER'
  span.updateName(route ? `${spanMethod} ${route}` : spanMethod)
  span.setAttributes(
    withoutUndefined({
      'http.request.method': spanMethod,
      'http.route': route,
      'http.response.status_code': status,
      'ecs_api.account': account,
      'ecs_api.problem': code,
      'ecs_api.request_id': requestId,
    }),
  )
  if (status >= 500) recordError(span, code ?? String(status))
  span.end()
}

/** Adds the span of a finished call, from its end and its duration. */
function addAwsSpan(
  tracer: Tracer,
  parent: Context,
  { account, action, durationMs, attempts, throttles, problem }: AwsCall,
): void {
  const end = Date.now()
  const attributes = {
    'rpc.system': 'aws-api',
    'rpc.method': action,
    'ecs_api.account': account,
    'ecs_api.attempts': attempts,
    'ecs_api.throttles': throttles,
  }
  const span = tracer.startSpan(action, { kind: SpanKind.CLIENT, startTime: end - durationMs, attributes }, parent)
  if (problem) recordError(span, problem.code)
  span.end(end)
}

function recordError(span: Span, type: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function withoutUndefined(attributes: Record<string, string | number | undefined>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
