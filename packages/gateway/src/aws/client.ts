/** Making an account's clients: what all of them share, whatever service they are for. */
import { ECS, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { FinalizeRequestMiddleware, InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import type { Descriptions } from './account.ts'
import { EcsProtocol } from './calls/fast-deserializer.ts'
import { type CallState, callPipeline, type PipelineDeps } from './calls/pipeline.ts'

/** What a client of any AWS service is made with. */
export type ClientSettings = Pick<
  ECSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'useFipsEndpoint' | 'requestHandler' | 'maxAttempts' | 'customUserAgent'
>

export function ecsClient(settings: ClientSettings, pipelineDeps: PipelineDeps): ECS {
  // What each action's calls go through is put together once: nothing is added to a client after its first call.
  const client = new ECS({ ...settings, protocol: EcsProtocol, cacheMiddleware: true })
  addPipeline(client.middlewareStack, pipelineDeps)
  return client
}

/** Arguments of a call: those that the SDK has for its further steps are made from them. */
interface Carrying<In extends object> {
  input: In
  state: CallState
}

/** Leads all of a client's calls through the account's corridor: outermost, to see what is left after the SDK's own retries, and at each attempt. */
export function addPipeline<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  pipelineDeps: PipelineDeps,
): void {
  const { call, attempt } = callPipeline(pipelineDeps)
  // It makes a copy of each answer for a log that is not there: a sixth of the time that a describe of many tasks takes.
  stack.remove('loggerMiddleware')
  const wholeCall: InitializeMiddleware<In, Out> = (next, context) => (args) => {
    const carrying = (state: CallState): Carrying<In> => ({ input: args.input, state })
    return call(context, args.input, (state) => next(carrying(state)))
  }
  stack.add(wholeCall, { step: 'initialize', priority: 'high', name: 'ecsApiCall' })
  const eachAttempt: FinalizeRequestMiddleware<In, Out> = (next, context) => (args) =>
    attempt(context, (args as typeof args & Carrying<In>).state, () => next(args))
  // Before it is signed: a signature has a time.
  stack.addRelativeTo(eachAttempt, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'ecsApiAttempt' })
}

/** Tells what describes show, outermost: after all that changes an answer. The answer waits for what `onSeen` still does. */
export function observeDescriptions<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  onDescribed: (seen: Descriptions) => Promise<void> | void,
): void {
  const tell: InitializeMiddleware<In, Out> = (next, context) => async (args) => {
    const result = await next(args)
    if (/^Describe(Tasks|Services)Command$/.test((context as { commandName?: string }).commandName ?? ''))
      await onDescribed(result.output)
    return result
  }
  const inner = stack.identify().some((name) => name.startsWith('ecsApiBoundary')) ? 'ecsApiBoundary' : 'ecsApiCall'
  stack.addRelativeTo(tell, { relation: 'before', toMiddleware: inner, name: 'ecsApiSeen' })
}
