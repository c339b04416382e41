/** The call UpdateService, which a patch and a restart of a service send, and the deployment that it creates. */
import type { Service, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { requireDefinitionWithinGuardrails } from '../task-definitions/require-within-guardrails.ts'
import { clusterOf, recordServiceWrite } from './get.ts'
import { primaryDeployment } from './primary-deployment.ts'

/** The members of UpdateService that a change sets. */
export type ServiceUpdate = Partial<Omit<UpdateServiceRequest, 'service' | 'cluster'>>

/** A service after a change. */
export interface ChangedService {
  service: Service
  /** The deployment (`ecs-svc/N`) that the change created; undefined when it created none. */
  deploymentId: string | undefined
  /** The number of the release that the change restored. */
  restoredRelease?: number | undefined
}

export interface ChangeOptions {
  /** The value of the request's `If-Match` header. */
  ifMatch: string | undefined
  /**
   * Start of the first try, when the request repeats one that ended without a response. A revision or a deployment
   * created since then counts as made by the first try, and no second one is created.
   */
  firstTryAt: Date | undefined
  /**
   * Set with `?onBusy=reject`. Throws while a deployment of the service is in progress. Called before the change starts
   * a deployment.
   */
  requireNoDeployment?: (service: Service) => Promise<void>
}

/** Members of UpdateService that ECS changes without a deployment (API Reference, UpdateService). */
const membersWithoutDeployment: ReadonlySet<string> = new Set([
  'desiredCount',
  'deploymentConfiguration',
  'healthCheckGracePeriodSeconds',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
  'availabilityZoneRebalancing',
  'placementConstraints',
  'placementStrategy',
] satisfies (keyof ServiceUpdate)[])

/** Whether ECS starts a deployment for the update. */
export function startsDeployment(update: ServiceUpdate): boolean {
  const { forceNewDeployment, ...members } = update
  return forceNewDeployment === true || Object.keys(members).some((member) => !membersWithoutDeployment.has(member))
}

/**
 * Checks the task definition that the update deploys, or whose tags the tasks get, against the account's guardrails.
 * An update without a task definition can also deploy: for example another network deploys the current definition
 * again.
 * @throws Forbidden `GuardrailBroken`
 */
export async function requireAllowedDeployment(
  account: Account,
  current: Service,
  update: ServiceUpdate,
): Promise<void> {
  if (!startsDeployment(update) && update.propagateTags === undefined) return
  const { taskDefinition = current.taskDefinition ?? '', propagateTags = current.propagateTags } = update
  await requireDefinitionWithinGuardrails(account, taskDefinition, propagateTags)
}

/** The deployment that the first try of a repeated request created. */
export function findDeploymentSince(service: Service, firstTryAt: Date | undefined): string | undefined {
  const primary = primaryDeployment(service)
  return firstTryAt && primary?.createdAt && primary.createdAt >= firstTryAt ? primary.id : undefined
}

/** Sends UpdateService and records it in the recent writes. */
export async function updateService(account: Account, before: Service, update: ServiceUpdate): Promise<ChangedService> {
  const { service } = await account
    .ecs()
    .updateService({ cluster: clusterOf(before), service: before.serviceName!, ...update })
  const after: Service = { ...service, tags: service?.tags?.length ? service.tags : before.tags }
  const primaryId = primaryDeployment(after)?.id
  // Another client's deployment can begin between the read and this call, so a new primary one alone proves nothing.
  const hasDeployed = startsDeployment(update) && primaryId !== primaryDeployment(before)?.id
  const deploymentId = hasDeployed ? primaryId : undefined
  const fields = Object.keys(update).filter((field) => field in after) as (keyof Service)[]
  recordServiceWrite(account, after, {
    before,
    fields: deploymentId ? [...fields, 'deployments', 'taskDefinition'] : fields,
  })
  return { service: after, deploymentId }
}
