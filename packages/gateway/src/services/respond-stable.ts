/** The response of a request that may start a deployment of a service, with `?wait=STABLE`. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { Answer, type Reply } from '../http/answer.ts'
import { answerAfterWait, type Outcome, waitQuery } from '../http/waiting.ts'
import { Type } from '../typebox/type.ts'
import { deploymentHeader, findMadeDeployment } from './made-deployment.ts'
import { presentService, type ServiceResource } from './schema.ts'
import type { ChangedService } from './update.ts'
import { waitUntilStable } from './wait.ts'

/** Spread it into the route's `query`. */
export const stableQuery = {
  wait: Type.Optional(
    Type.Enum(['STABLE'], {
      $id: 'WaitStable',
      description: 'Waits at most `timeout` seconds until the deployment that this request started has ended.',
    }),
  ),
  ...waitQuery,
}

interface StableCall {
  account: Account
  query: { wait?: string; timeout: number; fail: boolean }
  signal: AbortSignal
}

type Ended = (value: ServiceResource | (ServiceResource & Outcome)) => Answer | ServiceResource

/** The service after the change; with `?wait=STABLE` after the wait. The header names the deployment that was made. */
export async function respondStable(
  call: StableCall,
  changed: ChangedService,
  reply: Reply,
  ended?: Ended,
  location?: string,
): Promise<unknown> {
  const response = await respond(call, changed, reply, ended, location)
  const answer = response instanceof Answer ? response : reply.ok(response)
  const deployment = await findMadeDeployment(call.account, changed, call.signal)
  return deployment === undefined ? answer : answer.withHeaders({ [deploymentHeader]: deployment })
}

async function respond(
  { account, query, signal }: StableCall,
  changed: ChangedService,
  reply: Reply,
  ended: Ended = (value) => value,
  location?: string,
): Promise<unknown> {
  if (!query.wait) return ended(presentService(changed.service))
  const { seen, ...outcome } = await waitUntilStable(account, changed, { timeout: query.timeout, signal })
  const last: Service = seen ?? changed.service
  return answerAfterWait(
    outcome,
    presentService(last),
    { fail: query.fail, failure: 'DeploymentFailed', reply, location },
    ended as never,
  )
}
