/** Making an account's clients: what all of them share, whatever service they are for. */
import { ECS, type ECSClientConfig } from '@aws-sdk/client-ecs'
import type { MiddlewareStack } from '@smithy/types'
import { BadGateway } from '../problems/problem.ts'
import { problemOf } from './errors.ts'

/** What a client of any AWS service is made with. */
export type ClientSettings = Pick<
  ECSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'useFipsEndpoint' | 'requestHandler' | 'maxAttempts' | 'customUserAgent'
>

/** A finished call, failed or not. */
interface FinishedCall {
  action: string
  /** Retries included. */
  ms: number
  /** It is one that changes something, and AWS did not refuse it. */
  mayHaveChanged: boolean
  /** AWS's request id of a call that changes something. */
  changeId: string | undefined
}
export type OnCall = (call: FinishedCall) => void

export function ecsClient(account: string, settings: ClientSettings, onCall: OnCall): ECS {
  const client = new ECS(settings)
  observe(client.middlewareStack, account, onCall)
  return client
}

/** Writes that ECS has no `clientToken` for and that do something again when they are said again. */
const saidOnce: ReadonlySet<string> = new Set(['RegisterTaskDefinition', 'UpdateService'])

/** The answer to a write was lost; the SDK says nothing again that has failed with it. */
class AnswerLost extends Error {}

/** Counts a client's calls and turns their errors into Problems. Outermost, so that it sees what is left after the SDK's own retries. */
export function observe<In extends object, Out extends object>(stack: MiddlewareStack<In, Out>, account: string, onCall: OnCall): void {
  stack.add(
    (next, context) => async (args) => {
      const action = actionOf(context)
      const started = performance.now()
      const finished = (answer: unknown, mayHaveChanged: boolean) => {
        const isChange = !isLook(action)
        const changeId = isChange ? requestIdIn(answer) : undefined
        onCall({ action, ms: performance.now() - started, mayHaveChanged: isChange && mayHaveChanged, changeId })
      }
      try {
        const answer = await next(args)
        finished(answer.output, true)
        return answer
      } catch (error) {
        finished(error, error instanceof AnswerLost || mayBeDone(error))
        if (error instanceof AnswerLost) throw answerLost(account, action, error.message)
        throw problemOf(error, { account, action })
      }
    },
    { step: 'initialize', priority: 'high', name: 'ecsApiProblems' },
  )
  // Inside of the SDK's retries.
  stack.add(
    (next, context) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (saidOnce.has(actionOf(context)) && mayBeDone(error)) throw new AnswerLost(error instanceof Error ? error.message : '')
        throw error
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'ecsApiSaidOnce' },
  )
}

function actionOf({ commandName = '' }: { commandName?: string }): string {
  return commandName.replace(/Command$/, '')
}

function isLook(action: string): boolean {
  return /^(Describe|List|Get)[A-Z]/.test(action)
}

function requestIdIn(answer: unknown): string | undefined {
  return (answer as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId
}

/** What did not reach AWS, and what AWS refused, has done nothing. */
function mayBeDone(error: unknown): boolean {
  const { name = '', code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } }
  if (name.endsWith('ProviderError')) return false
  if (code !== undefined && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return false
  return ($metadata?.httpStatusCode ?? 500) >= 500
}

function answerLost(account: string, action: string, reason: string): BadGateway {
  return new BadGateway('AwsError', `AWS’s answer to ${action} for the account ${account} was lost (${reason || 'no reason was told'}).`, {
    next: 'It may have taken effect: look before you repeat.',
  })
}
