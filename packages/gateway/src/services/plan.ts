/** Plans of changes to services, for `?dryRun=true`. */
import type { RegisterTaskDefinitionRequest, Service, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { type Plan, planOf } from '../plans/plan.ts'
import { type PlannedCall, recordPlannedCalls } from '../plans/planning-account.ts'
import { runtimePreview } from '../plans/runtime-preview.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { definitionDocument } from '../task-definitions/definition-document.ts'
import { findTaskDefinition } from '../task-definitions/get.ts'
import { circuitBreakerWarnings } from './circuit-breaker.ts'
import { getService } from './get.ts'
import { isDeploying, primaryDeployment } from './primary-deployment.ts'
import { toServiceResource } from './schema.ts'
import { startsDeployment } from './update.ts'

/** Plans the creation of a service. */
export async function planServiceCreation(
  account: Account,
  create: (planningAccount: Account) => Promise<Service>,
): Promise<Plan> {
  const { result, calls } = await recordPlannedCalls(account, create)
  const warnings = circuitBreakerWarnings(result)
  return planOf({
    calls,
    before: {},
    after: documentOf(result),
    effectOf,
    runtimePreview: await previewOfDeployed(account, calls),
    warnings,
  })
}

/**
 * Plans a change to a service.
 * @throws NotFound `ServiceNotFound`, and every problem of the change itself
 */
export async function planServiceChange(
  account: Account,
  { cluster, ref, caller }: { cluster: string; ref: string; caller: Pick<Caller, 'mayUseFamily'> },
  change: (planningAccount: Account) => Promise<Service | undefined>,
): Promise<Plan> {
  const current = await getService(account, cluster, ref)
  const { result, calls } = await recordPlannedCalls(account, change)
  const definitions = await definitionsOf(account, caller, current, calls)
  const changesNothing = isAlreadyDeployed(current, result, calls)
  const deploys = calls.some(isDeployment) && !changesNothing
  return planOf({
    calls,
    before: { ...documentOf(current), ...definitions.before },
    after: {
      ...documentOf({ ...current, ...primaryDeploymentMembers(current), ...result } as Service),
      ...definitions.after,
    },
    effectOf: changesNothing
      ? () => 'ECS changes nothing: the service runs this task definition already.'
      : (call) => scalingEffect(current, call) ?? effectOf(call),
    runtimePreview: deploys ? await previewOfDeployed(account, calls) : [],
    warnings: [
      ...(deploys && isDeploying(current)
        ? ['A deployment of the service is in progress, which this one replaces.']
        : []),
      ...(deploys ? circuitBreakerWarnings({ ...current, ...result }) : execWarnings(current, calls)),
    ],
    configVersion: toServiceResource(current).configVersion,
  })
}

/**
 * How the containers of the newly deployed task definition will run on the account's local runtime. Empty on AWS, and
 * when the calls deploy no other task definition.
 */
async function previewOfDeployed(account: Account, calls: readonly PlannedCall[]): Promise<readonly string[]> {
  if (!account.localRuntime) return []
  const registered = calls.find(({ action }) => action === 'RegisterTaskDefinition')?.input
  const deployed = calls.find(({ action }) => /^(Create|Update)Service$/.test(action))?.input as UpdateServiceRequest
  const definition =
    (registered as RegisterTaskDefinitionRequest | undefined) ??
    (deployed?.taskDefinition === undefined ? undefined : await findTaskDefinition(account, deployed.taskDefinition))
  return runtimePreview(account, definition?.containerDefinitions ?? [])
}

/**
 * The content of the current task definition and of the one that the change deploys. Empty when the definition stays
 * the same, and when the caller's token may not use one of them: then the plan shows their names only.
 */
async function definitionsOf(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  current: Service,
  calls: readonly PlannedCall[],
): Promise<{ before?: JsonObject; after?: JsonObject }> {
  const currentRef = current.taskDefinition ?? ''
  const registered = calls.find(({ action }) => action === 'RegisterTaskDefinition')?.input
  const update = calls.find(({ action }) => action === 'UpdateService')?.input as UpdateServiceRequest | undefined
  const newRef = update?.taskDefinition
  if (!registered && (newRef === undefined || shortName(newRef) === shortName(currentRef))) return {}
  if (![currentRef, newRef ?? currentRef].every((each) => caller.mayUseFamily(familyAndRevision(each).family)))
    return {}
  const before = await findTaskDefinition(account, currentRef)
  const after = registered
    ? (registered as RegisterTaskDefinitionRequest)
    : await findTaskDefinition(account, newRef ?? '')
  if (!before || !after) return {}
  return { before: definitionDocument(before), after: definitionDocument(after) }
}

/**
 * Whether the change deploys the revision that runs already: a family without a revision in the body can mean this
 * one. ECS then makes no deployment.
 */
function isAlreadyDeployed(current: Service, result: Service | undefined, calls: readonly PlannedCall[]): boolean {
  const [call, ...others] = calls
  const isOnlyDefinition =
    call?.action === 'UpdateService' &&
    others.length === 0 &&
    Object.keys(changedMembersOf(call.input)).every((member) => member === 'taskDefinition')
  return isOnlyDefinition && shortName(result?.taskDefinition ?? '') === shortName(current.taskDefinition ?? '')
}

/** A warning when the change switches ECS Exec on: a running task gets it only when it is replaced. */
function execWarnings({ runningCount = 0, enableExecuteCommand }: Service, calls: readonly PlannedCall[]): string[] {
  const switchesOn = calls.some(
    ({ action, input }) => action === 'UpdateService' && changedMembersOf(input).enableExecuteCommand === true,
  )
  if (!switchesOn || enableExecuteCommand || runningCount === 0) return []
  return [
    'Tasks that run now get no terminal until they are replaced. Replace them with this change ' +
      '(`"forceNewDeployment": true`), or restart the service later.',
  ]
}

/** The members that ECS shows on the PRIMARY deployment only. */
function primaryDeploymentMembers(service: Service) {
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } =
    primaryDeployment(service) ?? {}
  return { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations }
}

/** The configuration of a service, without the state that ECS reports. */
function documentOf(service: Service): JsonObject {
  const { deployments, events, configVersion, ...document } = toServiceResource(service)
  return {
    ...document,
    ...toApiShape('Deployment', { ...primaryDeploymentMembers(service), ...plannedDeploymentMembers(service) }),
  }
}

/** The same members, where the plan has put them on the service itself. */
function plannedDeploymentMembers(service: object) {
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } = service as ReturnType<
    typeof primaryDeploymentMembers
  >
  return {
    ...(serviceConnectConfiguration && { serviceConnectConfiguration }),
    ...(volumeConfigurations && { volumeConfigurations }),
    ...(vpcLatticeConfigurations && { vpcLatticeConfigurations }),
  }
}

function isDeployment({ action, input }: PlannedCall): boolean {
  return action === 'UpdateService' && startsDeployment(changedMembersOf(input))
}

function changedMembersOf(input: object) {
  const { cluster, service, ...update } = input as UpdateServiceRequest
  return update
}

/** The effect of a new count, in tasks; undefined where the service has not reached its current count yet. */
function scalingEffect(current: Service, call: PlannedCall): string | undefined {
  const { desiredCount: newCount = 0 } = call.input as UpdateServiceRequest
  const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = current
  if (call.action !== 'UpdateService' || isDeployment(call) || newCount === 0 || newCount === desiredCount)
    return undefined
  if (runningCount + pendingCount !== desiredCount) return undefined
  const verb = newCount > desiredCount ? 'starts' : 'stops'
  const changed = countOfTasks(Math.abs(newCount - desiredCount))
  return `ECS ${verb} ${changed} of the service ${current.serviceName}: then ${countOfTasks(newCount)} ${newCount === 1 ? 'runs' : 'run'}.`
}

function effectOf({ action, input }: PlannedCall): string | undefined {
  const { service, serviceName, desiredCount, family, stopType } = input as Record<string, unknown>
  switch (action) {
    case 'RegisterTaskDefinition':
      return `A new revision of ${family} is registered.`
    case 'CreateService':
      return `ECS creates the service ${serviceName} and starts ${countOfTasks(desiredCount)}.`
    case 'UpdateService':
      if (isDeployment({ action, input })) return `One deployment replaces the tasks of the service ${service}.`
      if (desiredCount === 0) return `ECS stops all tasks of the service ${service}.`
      return desiredCount === undefined
        ? `ECS changes the service ${service} without a deployment.`
        : `ECS starts or stops tasks of the service ${service}, until ${countOfTasks(desiredCount)} run.`
    case 'DeleteService':
      return (
        `ECS deletes the service ${service} when its last task has stopped. Its name is free then. ` +
        'Its cluster and its task definitions stay.'
      )
    case 'TagResource':
      return 'Tags of the service are set. Tasks that run already keep theirs.'
    case 'UntagResource':
      return 'Tags of the service are removed. Tasks that run already keep theirs.'
    case 'StopServiceDeployment':
      return stopType === 'ABORT'
        ? 'ECS stops the deployment, and its tasks stay as they are.'
        : 'ECS stops the deployment and rolls the service back to the state before it.'
    case 'ContinueServiceDeployment':
      return (input as { action?: string }).action === 'ROLLBACK'
        ? 'ECS ends the pause and rolls the service back to the state before the deployment.'
        : 'ECS ends the pause and goes on with the deployment.'
    default:
      return undefined
  }
}

function countOfTasks(count: unknown): string {
  return count === 1 ? '1 task' : `${count} tasks`
}
