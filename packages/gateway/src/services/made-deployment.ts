/** The header `Ecs-Api-Deployment`: the ECS service deployment that a request made. */
import { setTimeout as pause } from 'node:timers/promises'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { ifOffered, type UnavailablePart } from '../http/unavailable-parts.ts'
import { Problem } from '../problems/problem.ts'
import { findDeploymentBrief } from './deployments.ts'
import type { ChangedService } from './update.ts'

export const deploymentHeader = 'Ecs-Api-Deployment'

/** ECS is eventually consistent: a new service deployment may be listed only some moments after the change. */
const pausesMs = [200, 400, 800]
/** A change that is done does not wait longer for its header, whatever AWS and the request budget do. */
const maxMs = 2000
/** The clocks of a service and of its deployments may differ by a little. */
const clockSkewMs = 60_000

/**
 * The header's value: the id of the service deployment, or `none` where the change made none. Undefined where ECS does
 * not name one within 2 s: AWS fails, the endpoint has no service deployments, or another deployment controller.
 */
export async function findMadeDeployment(
  account: Account,
  { service, deploymentId }: ChangedService,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (deploymentId === undefined) return 'none'
  const controller = service.deploymentController?.type ?? 'ECS'
  if (controller !== 'ECS') return undefined
  const createdAt = service.deployments?.find(({ id }) => id === deploymentId)?.createdAt ?? new Date()
  const since = new Date(createdAt.getTime() - clockSkewMs)
  const ended = new AbortController()
  const timeout = pause(maxMs, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).catch(() => undefined)
  const search = searchDeployment(
    () => findDeploymentBrief(account, service, deploymentId, since),
    AbortSignal.any([signal, ended.signal]),
  )
  const found = await Promise.race([search, timeout])
  ended.abort()
  return found
}

async function searchDeployment(
  find: () => ReturnType<typeof findDeploymentBrief>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const look = () => withCallContext({ priority: 'afterChange', caller: 'deployment' }, find)
  const unavailable: UnavailablePart[] = []
  try {
    for (const pauseMs of [0, ...pausesMs]) {
      if (pauseMs > 0) await pause(pauseMs, undefined, { signal })
      const brief = await ifOffered('deployment', unavailable, look)
      if (brief?.serviceDeploymentArn !== undefined) return shortName(brief.serviceDeploymentArn)
      if (unavailable.length > 0 || signal.aborted) return undefined
    }
  } catch (error) {
    // The change is done: no rejection of this look may take its place, such as that of a service deleted since.
    if (!(error instanceof Problem) && !signal.aborted) throw error
  }
  return undefined
}
