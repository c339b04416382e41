/** Making an account's clients: what all of them share, whatever service they are for. */
import { ECS, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { MiddlewareStack } from '@smithy/types'
import { problemOf } from './errors.ts'

/** What a client of any AWS service is made with. */
export type ClientSettings = Pick<
  ECSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'useFipsEndpoint' | 'requestHandler' | 'maxAttempts' | 'customUserAgent'
>

/** Told of each finished call, failed or not: its action and milliseconds, retries included. */
export type OnCall = (action: string, ms: number) => void

export function ecsClient(account: string, settings: ClientSettings, onCall: OnCall): ECS {
  const client = new ECS(settings)
  observe(client.middlewareStack, account, onCall)
  return client
}

/** Counts a client's calls and turns their errors into Problems. Outermost, so that it sees what is left after the SDK's own retries. */
export function observe<In extends object, Out extends object>(stack: MiddlewareStack<In, Out>, account: string, onCall: OnCall): void {
  stack.add(
    (next, context) => async (args) => {
      const action = (context.commandName ?? '').replace(/Command$/, '')
      const started = performance.now()
      try {
        return await next(args)
      } catch (error) {
        throw problemOf(error, { account, action })
      } finally {
        onCall(action, performance.now() - started)
      }
    },
    { step: 'initialize', priority: 'high', name: 'ecsApiProblems' },
  )
}
