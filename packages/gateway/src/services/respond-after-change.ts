/** The response of a request that may start a deployment of a service, with `?wait=STABLE`. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { Answer, type Reply } from '../http/response/answer.ts'
import { deploymentHeader } from '../http/response/deployment-header.ts'
import { answerAfterWait, type WaitOutcome, waitQuery } from '../http/waiting.ts'
import { Type } from '../typebox/type.ts'
import { findMadeDeployment } from './made-deployment.ts'
import { type ServiceResource, toServiceResource } from './schema.ts'
import type { ChangedService } from './update.ts'
import { waitUntilStable } from './wait.ts'

/** Spread it into the route's `query`. */
export const waitStableQuery = {
  wait: Type.Optional(
    Type.Enum(['STABLE'], {
      $id: 'WaitStable',
      description: 'Waits at most `timeout` seconds until the deployment that this request started has ended.',
    }),
  ),
  ...waitQuery,
}

interface WaitingCall {
  account: Account
  query: { wait?: string; timeout: number; fail: boolean }
  signal: AbortSignal
}

interface ResponseOptions {
  /** Builds the response, except after a wait that timed out; without it the response is 200. */
  toResponse?: (value: ServiceResource | (ServiceResource & WaitOutcome)) => Answer | ServiceResource
  /** The path of a created service. */
  location?: string
}

/**
 * Responds with the service after the change; with `?wait=STABLE` after the wait, too. The header
 * `Ecs-Api-Deployment` names the deployment that the change made.
 */
export async function respondAfterChange(
  call: WaitingCall,
  changed: ChangedService,
  reply: Reply,
  options: ResponseOptions = {},
): Promise<unknown> {
  const response = await responseAfterWait(call, changed, reply, options)
  const answer = response instanceof Answer ? response : reply.ok(response)
  const deployment = await findMadeDeployment(call.account, changed, call.signal)
  return deployment === undefined ? answer : answer.withHeaders({ [deploymentHeader]: deployment })
}

async function responseAfterWait(
  { account, query, signal }: WaitingCall,
  changed: ChangedService,
  reply: Reply,
  { toResponse = (value) => value, location }: ResponseOptions,
): Promise<unknown> {
  if (!query.wait) return toResponse(toServiceResource(changed.service))
  const { lastSeen, ...outcome } = await waitUntilStable(account, changed, { timeout: query.timeout, signal })
  const last: Service = lastSeen ?? changed.service
  return answerAfterWait(
    outcome,
    toServiceResource(last),
    { fail: query.fail, failureCode: 'DeploymentFailed', reply, ...(location !== undefined && { location }) },
    toResponse as never,
  )
}
