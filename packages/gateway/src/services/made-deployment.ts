/** The header `Ecs-Api-Deployment`: the ECS service deployment that a request made. */
import { setTimeout as pause } from 'node:timers/promises'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { noDeployment } from '../http/response/deployment-header.ts'
import { readUnlessUnsupported, type UnavailablePart } from '../http/unavailable-parts.ts'
import { Problem } from '../problems/problem.ts'
import { findDeploymentBrief } from './deployments.ts'
import type { ChangedService } from './update.ts'

/** ECS is eventually consistent: it may list a new service deployment only some moments after the change. */
const retryDelaysMs = [200, 400, 800]
/** The response waits at most this long for the header, because the change is already made. */
const maxSearchMs = 2000
/**
 * A change makes an entry of the service's `deployments` and a service deployment. ECS may give the second a slightly
 * earlier time than the first.
 */
const clockSkewMs = 60_000

/**
 * The header's value: the id of the service deployment, or `none` when the change made none. Undefined when no id is
 * found within 2 s: AWS fails, the endpoint has no service deployments, or ECS is not the deployment controller.
 */
export async function findMadeDeployment(
  account: Account,
  { service, deploymentId }: ChangedService,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (deploymentId === undefined) return noDeployment
  const controller = service.deploymentController?.type ?? 'ECS'
  if (controller !== 'ECS') return undefined
  const createdAt = service.deployments?.find(({ id }) => id === deploymentId)?.createdAt ?? new Date()
  const since = new Date(createdAt.getTime() - clockSkewMs)
  const searchEnd = new AbortController()
  const timeout = pause(maxSearchMs, undefined, { signal: AbortSignal.any([signal, searchEnd.signal]) }).catch(
    () => undefined,
  )
  const search = searchDeployment(
    () => findDeploymentBrief(account, service, deploymentId, since),
    AbortSignal.any([signal, searchEnd.signal]),
  )
  const found = await Promise.race([search, timeout])
  searchEnd.abort()
  return found
}

/** Calls `find` until it finds the service deployment, and returns its id. */
async function searchDeployment(
  find: () => ReturnType<typeof findDeploymentBrief>,
  signal: AbortSignal,
): Promise<string | undefined> {
  // These calls take part of the request budget before ordinary reads: a client waits for its change.
  const findBrief = () => withCallContext({ priority: 'readAfterWrite', caller: 'deployment' }, find)
  const unavailable: UnavailablePart[] = []
  try {
    for (const delayMs of [0, ...retryDelaysMs]) {
      if (delayMs > 0) await pause(delayMs, undefined, { signal })
      const brief = await readUnlessUnsupported('deployment', unavailable, findBrief)
      if (brief?.serviceDeploymentArn !== undefined) return shortName(brief.serviceDeploymentArn)
      if (unavailable.length > 0 || signal.aborted) return undefined
    }
  } catch (error) {
    // The change is made, so its response must not become an error here, for example because the service was deleted.
    if (!(error instanceof Problem) && !signal.aborted) throw error
  }
  return undefined
}
