/** Creates the account's ECS client, and adds the call pipeline to the client of any AWS service. */
import { ECS, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { FinalizeRequestMiddleware, InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import type { Descriptions } from './account.ts'
import { FastAwsJson } from './calls/fast-deserializer.ts'
import { type CallState, callPipeline, type PipelineDeps } from './calls/pipeline.ts'

/** The settings of a client of any AWS service. */
export type ClientSettings = Pick<
  ECSClientConfig,
  | 'region'
  | 'credentials'
  | 'endpoint'
  | 'useFipsEndpoint'
  | 'requestHandler'
  | 'streamCollector'
  | 'maxAttempts'
  | 'customUserAgent'
>

export function ecsClient(settings: ClientSettings, pipelineDeps: PipelineDeps): ECS {
  // The SDK resolves the middleware stack of each action once, so no middleware may be added after the first call.
  const client = new ECS({ ...settings, protocol: FastAwsJson, cacheMiddleware: true })
  addPipeline(client.middlewareStack, pipelineDeps)
  return client
}

/** A call's arguments. The SDK's later steps copy them, so `attempt` finds the state that `call` created. */
interface ArgsWithState<In extends object> {
  input: In
  state: CallState
}

/**
 * Adds the call pipeline to a client's middlewares: `call` outermost, where it gets the outcome after the SDK's
 * retries, and `attempt` around each attempt.
 */
export function addPipeline<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  pipelineDeps: PipelineDeps,
): void {
  const { call, attempt } = callPipeline(pipelineDeps)
  // It copies each response for a logger that does not exist: a sixth of the time of a describe of many tasks.
  stack.remove('loggerMiddleware')
  const wholeCall: InitializeMiddleware<In, Out> = (next, context) => (args) => {
    const withState = (state: CallState): ArgsWithState<In> => ({ input: args.input, state })
    return call(context, args.input, (state) => next(withState(state)))
  }
  stack.add(wholeCall, { step: 'initialize', priority: 'high', name: 'ecsApiCall' })
  const eachAttempt: FinalizeRequestMiddleware<In, Out> = (next, context) => (args) =>
    attempt(context, (args as typeof args & ArgsWithState<In>).state, () => next(args))
  // Before the request is signed, because a signature holds the time and the attempt may wait for a token.
  stack.addRelativeTo(eachAttempt, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'ecsApiAttempt' })
}

/**
 * Calls `onDescribed` with the output of each DescribeTasks and DescribeServices, after the boundary has removed hidden
 * resources. The response waits until `onDescribed` has resolved.
 */
export function observeDescriptions<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  onDescribed: (described: Descriptions) => Promise<void> | void,
): void {
  const observe: InitializeMiddleware<In, Out> = (next, context) => async (args) => {
    const result = await next(args)
    if (/^Describe(Tasks|Services)Command$/.test((context as { commandName?: string }).commandName ?? ''))
      await onDescribed(result.output)
    return result
  }
  const inner = stack.identify().some((name) => name.startsWith('ecsApiBoundary')) ? 'ecsApiBoundary' : 'ecsApiCall'
  stack.addRelativeTo(observe, { relation: 'before', toMiddleware: inner, name: 'ecsApiDescribed' })
}
