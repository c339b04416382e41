/** Making an account's clients: what all of them share, whatever service they are for. */
import { ECS, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { FinalizeRequestMiddleware, InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import type { Seen } from './account.ts'
import { type Corridor, guard } from './corridor.ts'
import { EcsProtocol } from './reading-answers.ts'

/** What a client of any AWS service is made with. */
export type ClientSettings = Pick<
  ECSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'useFipsEndpoint' | 'requestHandler' | 'maxAttempts' | 'customUserAgent'
>

export function ecsClient(settings: ClientSettings, corridor: Corridor): ECS {
  const client = new ECS({ ...settings, protocol: EcsProtocol })
  observe(client.middlewareStack, corridor)
  return client
}

/** Leads all of a client's calls through the account's corridor: outermost, to see what is left after the SDK's own retries, and at each attempt. */
export function observe<In extends object, Out extends object>(stack: MiddlewareStack<In, Out>, corridor: Corridor): void {
  const { call, attempt } = guard(corridor)
  // It makes a copy of each answer for a log that is not there: a sixth of the time that a describe of many tasks takes.
  stack.remove('loggerMiddleware')
  stack.add((next, context) => (args) => call(context, args.input, () => next(args)), { step: 'initialize', priority: 'high', name: 'ecsApiCall' })
  const eachAttempt: FinalizeRequestMiddleware<In, Out> = (next, context) => (args) => attempt(context, () => next(args))
  // Before it is signed: a signature has a time.
  stack.addRelativeTo(eachAttempt, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'ecsApiAttempt' })
}

/** Tells what describes show, outermost: after all that changes an answer. */
export function tellSeen<In extends object, Out extends object>(stack: MiddlewareStack<In, Out>, onSeen: (seen: Seen) => void): void {
  const tell: InitializeMiddleware<In, Out> = (next, context) => async (args) => {
    const result = await next(args)
    if (/^Describe(Tasks|Services)Command$/.test((context as { commandName?: string }).commandName ?? '')) onSeen(result.output)
    return result
  }
  const inner = stack.identify().some((name) => name.startsWith('ecsApiBoundary')) ? 'ecsApiBoundary' : 'ecsApiCall'
  stack.addRelativeTo(tell, { relation: 'before', toMiddleware: inner, name: 'ecsApiSeen' })
}
