/**
 * Follows the deployment that a call made. The gateway names the deployment in `Ecs-Api-Deployment`. Without this
 * header, the deployment is found by number: the PRIMARY deployment `ecs-svc/N` and its target revision end with the
 * same N. The call itself is never repeated. A deployment that ECS does not name cannot be followed:
 * `DeploymentUnknown`.
 */
import { type Call, type Destination, send } from './call.ts'
import { deploymentCalls } from './nouns/deployments.ts'
import { pause } from './pause.ts'
import { clientProblem, DeploymentFailed, ProblemError } from './problems.ts'
import { servicePathValues } from './references.ts'
import type { Service, ServiceDeployment } from './resources.ts'
import { responseMeta } from './response-meta.ts'
import { watch } from './streams/watch.ts'
import { deploymentSentence } from './words/deployment.ts'

export interface RolloutOptions {
  signal?: AbortSignal
  timeoutSeconds?: number
}

export interface RolloutProgress {
  sentence: string
  /** Undefined when the call made no deployment: then the task counts of the service are followed. */
  deployment: ServiceDeployment | undefined
  /** The service whose counts are followed; undefined when it was deleted, and while a deployment is followed. */
  service: Service | undefined
}

export interface Rollout {
  /** The service as the call returned it. */
  readonly service: Service
  /** The id of the deployment; undefined when the call made none. @throws ProblemError `DeploymentUnknown` */
  deploymentId: (options?: { signal?: AbortSignal }) => Promise<string | undefined>
  /** Each step until the deployment has ended, whatever its result. */
  progress: (options?: { signal?: AbortSignal }) => AsyncGenerator<RolloutProgress, void, undefined>
  /**
   * Resolves with the deployment when it was successful; without a deployment, when all tasks of the service run.
   * @throws DeploymentFailed, also when the service was deleted; ProblemError `WaitTimeout` after `timeoutSeconds`
   *   (default 900), or `DeploymentUnknown`
   */
  stable: (options?: RolloutOptions) => Promise<ServiceDeployment | undefined>
}

/** How long ECS may take to list a deployment. */
const maxFindMs = 60_000
const endedStatus = /(SUCCESSFUL|STOPPED|FAILED)$/

export function rolloutOf(destination: Destination, getService: Call<'getService'>, service: Service): Rollout {
  const namedId = responseMeta(service)?.deployment
  const pathValues = servicePathValues(service)
  let foundId: string | undefined

  const deploymentId = async ({ signal }: { signal?: AbortSignal } = {}) => {
    if (namedId === 'none') return undefined
    foundId ??= namedId ?? (await getDeploymentId(destination, service, signal))
    return foundId
  }

  async function* progress({
    signal,
  }: {
    signal?: AbortSignal
  } = {}): AsyncGenerator<RolloutProgress, void, undefined> {
    const deployment = await deploymentId({ signal })
    if (deployment === undefined) return yield* countProgress(destination, getService, pathValues, signal)
    for await (const event of watch<ServiceDeployment>(
      destination,
      deploymentCalls.get,
      () => ({ ...pathValues, deployment }),
      {
        signal,
      },
    )) {
      if (event.type === 'problem') continue
      yield { sentence: deploymentSentence(event.resource, Date.now()), deployment: event.resource, service: undefined }
      if (endedStatus.test(event.resource.status)) return
    }
  }

  const stable = async ({ signal, timeoutSeconds = 900 }: RolloutOptions = {}) => {
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
    let last: RolloutProgress | undefined
    try {
      for await (const step of progress({ signal: signal ? AbortSignal.any([signal, timeout]) : timeout })) last = step
    } catch (error) {
      signal?.throwIfAborted()
      if (!timeout.aborted) throw error
      const detail = `The deployment goes on after ${timeoutSeconds} s. ${last?.sentence ?? ''}`
      throw new ProblemError(clientProblem('WaitTimeout', detail))
    }
    const deployment = last?.deployment
    if (last && !last.service && deployment?.status !== 'SUCCESSFUL')
      throw new DeploymentFailed(clientProblem('DeploymentFailed', last.sentence), deployment)
    return deployment
  }

  return { service, deploymentId, progress, stable }
}

/** @throws ProblemError `DeploymentUnknown` when ECS lists none, as with another deployment controller */
async function getDeploymentId(destination: Destination, service: Service, signal: AbortSignal | undefined) {
  const options = { fresh: true, signal }
  const pathValues = () => servicePathValues(service)
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  const revisionNumber = primary?.id.match(/^ecs-svc\/(\d+)$/)?.[1]
  const deadline = performance.now() + maxFindMs
  for (let delayMs = 250; revisionNumber !== undefined; delayMs = Math.min(delayMs * 2, 4000)) {
    const { items } = await send(destination, deploymentCalls.list, pathValues, undefined, options)
    const deployment = items.find(({ targetServiceRevision }) =>
      targetServiceRevision.arn.endsWith(`/${revisionNumber}`),
    )
    if (deployment) return deployment.id
    if (performance.now() > deadline) break
    await pause(delayMs, signal)
  }
  const detail = `ECS names no deployment of ${service.cluster}/${service.name}.`
  throw new ProblemError(clientProblem('DeploymentUnknown', detail))
}

async function* countProgress(
  destination: Destination,
  getService: Call<'getService'>,
  pathValues: { cluster: string; service: string },
  signal: AbortSignal | undefined,
): AsyncGenerator<RolloutProgress, void, undefined> {
  for await (const event of watch<Service>(destination, getService, () => pathValues, { signal })) {
    if (event.type === 'problem') continue
    const { status, runningCount, desiredCount, pendingCount } = event.resource
    if (event.type === 'deleted' || status !== 'ACTIVE')
      return yield { sentence: 'The service was deleted.', deployment: undefined, service: undefined }
    yield {
      sentence: `${runningCount} of ${desiredCount} tasks running, ${pendingCount} pending.`,
      deployment: undefined,
      service: event.resource,
    }
    if (runningCount === desiredCount && pendingCount === 0) return
  }
}
