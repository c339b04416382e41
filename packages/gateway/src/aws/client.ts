/** Creates the account's ECS client, and adds the call pipeline to the client of any AWS service. */
import { ECS, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { FinalizeRequestMiddleware, InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import type { DescribedResources } from './account.ts'
import { FastAwsJson } from './calls/fast-deserializer.ts'
import { type CallState, createCallPipeline, type PipelineDeps } from './calls/pipeline.ts'

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

/** Creates an ECS client whose calls go through the call pipeline. */
export function createEcsClient(settings: ClientSettings, pipelineDeps: PipelineDeps): ECS {
  // The SDK resolves the middleware stack of each action once, so no middleware may be added after the first call.
  const client = new ECS({ ...settings, protocol: FastAwsJson, cacheMiddleware: true })
  addPipeline(client.middlewareStack, pipelineDeps)
  return client
}

/** A call's arguments. The SDK's later steps copy all members, so `attempt` finds the state that `call` created. */
interface ArgsWithState<In extends object> {
  input: In
  state: CallState
}

/**
 * Adds the call pipeline to a client's middlewares: `call` around the whole call with the SDK's retries, and `attempt`
 * around each attempt.
 */
export function addPipeline<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  pipelineDeps: PipelineDeps,
): void {
  const { call, attempt } = createCallPipeline(pipelineDeps)
  // The SDK's logger middleware copies each response, even without a logger: a sixth of the time of a large describe.
  stack.remove('loggerMiddleware')
  const wholeCall: InitializeMiddleware<In, Out> = (next, context) => (args) => {
    const withState = (state: CallState): ArgsWithState<In> => ({ input: args.input, state })
    return call(context, args.input, (state) => next(withState(state)))
  }
  stack.add(wholeCall, { step: 'initialize', priority: 'high', name: 'ecsApiCall' })
  const eachAttempt: FinalizeRequestMiddleware<In, Out> = (next, context) => (args) =>
    attempt(context, (args as typeof args & ArgsWithState<In>).state, () => next(args))
  // `attempt` runs before the request is signed: it may wait for a token, and a signature contains the time.
  stack.addRelativeTo(eachAttempt, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'ecsApiAttempt' })
}

/**
 * Calls `onDescribed` with the output of each DescribeTasks and DescribeServices, after the boundary has removed hidden
 * resources.
 */
export function observeDescriptions<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  onDescribed: (described: DescribedResources) => void,
): void {
  const observe: InitializeMiddleware<In, Out> = (next, context) => async (args) => {
    const result = await next(args)
    if (/^Describe(Tasks|Services)Command$/.test((context as { commandName?: string }).commandName ?? ''))
      onDescribed(result.output)
    return result
  }
  const nextMiddleware = stack.identify().some((name) => name.startsWith('ecsApiBoundary'))
    ? 'ecsApiBoundary'
    : 'ecsApiCall'
  stack.addRelativeTo(observe, { relation: 'before', toMiddleware: nextMiddleware, name: 'ecsApiDescribed' })
}
