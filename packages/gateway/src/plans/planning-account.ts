/**
 * An account whose changing calls to AWS are recorded and not sent. The code of a change runs on it unchanged: it makes
 * all its checks and reads AWS, but changes nothing. So the same code makes a change and its plan.
 */
import type * as sdk from '@aws-sdk/client-ecs'
import type { ECS } from '@aws-sdk/client-ecs'
import { type AwsJson, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { Conflict, NotFound } from '../problems/problem.ts'
import type { RecentWrites } from '../recent-writes/recent-writes.ts'
import { rejectAsEcs, updatedMembers } from './ecs-rejection.ts'

export interface PlannedCall {
  /** Such as `UpdateService`. */
  action: string
  input: object
}

/** Stands in the place of the number of a revision that is not registered yet. */
const newRevision = '(new)'

/**
 * Runs `change` on a planning account: its changing calls are recorded and not sent.
 * @throws every problem that the change itself would throw
 */
export async function recordPlannedCalls<T>(
  account: Account,
  change: (planningAccount: Account) => Promise<T>,
): Promise<{ result: T; calls: PlannedCall[] }> {
  const calls: PlannedCall[] = []
  const client = account.ecs()
  const ecs = new Proxy(client, {
    get: (_, method: string) => {
      if (!isChange(method)) return boundMember(client, method)
      return (input: object) => {
        const action = `${method[0]!.toUpperCase()}${method.slice(1)}`
        account.guardrails.requireAllowed(action, input)
        rejectAsEcs(account, action, { input })
        calls.push({ action, input })
        return simulatedOutputs[method](input as never, { account, ecs: client, calls })
      }
    },
  })
  const recentWrites: RecentWrites = new Proxy(account.recentWrites, {
    get: (target, method: string) => (method === 'record' ? () => {} : boundMember(target, method)),
  })
  const result = await change({ ...account, ecs: () => ecs, recentWrites })
  return { result, calls }
}

/** The member of the target. Methods are bound to the target, because private members do not work on a proxy. */
function boundMember(target: object, name: string): unknown {
  const member = (target as Record<string, unknown>)[name]
  return typeof member === 'function' ? member.bind(target) : member
}

interface PlanningContext {
  account: Account
  /** Sends reads to AWS. */
  ecs: ECS
  /** The recorded calls, including the current one. */
  calls: readonly PlannedCall[]
}

/** Simulated responses of AWS to changing calls, with the members that the code of changes reads. */
const simulatedOutputs = {
  createCluster: async (input: sdk.CreateClusterRequest) => ({ cluster: { ...input, status: 'ACTIVE' } }),
  updateCluster: async (input: sdk.UpdateClusterRequest) => ({ cluster: input }),
  putClusterCapacityProviders: async (input: sdk.PutClusterCapacityProvidersRequest) => ({ cluster: input }),
  deleteCluster: async ({ cluster = '' }: sdk.DeleteClusterRequest, { ecs }: PlanningContext) => {
    const { clusters: [described] = [] } = await ecs.describeClusters({ clusters: [cluster] })
    const { activeServicesCount = 0, runningTasksCount = 0, pendingTasksCount = 0 } = described ?? {}
    const name = shortName(cluster)
    if (activeServicesCount > 0)
      throw new Conflict('ClusterContainsServices', `The cluster ${name} still contains services.`)
    if (runningTasksCount + pendingTasksCount > 0)
      throw new Conflict('ClusterContainsTasks', `The cluster ${name} still contains tasks.`)
    return { cluster: { status: 'INACTIVE' } }
  },
  registerTaskDefinition: async ({ tags, ...input }: sdk.RegisterTaskDefinitionRequest) => ({
    taskDefinition: { ...input, revision: newRevision, status: 'ACTIVE' },
    tags,
  }),
  deregisterTaskDefinition: async (_: sdk.DeregisterTaskDefinitionRequest) => ({
    taskDefinition: { status: 'INACTIVE' },
  }),
  deleteTaskDefinitions: async (_: sdk.DeleteTaskDefinitionsRequest) => ({
    taskDefinitions: [{ status: 'DELETE_IN_PROGRESS' }],
    failures: [],
  }),
  createService: async (request: sdk.CreateServiceRequest, planning: PlanningContext) => {
    const { clientToken, cluster, ...input } = request
    const definition = await requireActive(input.taskDefinition, planning)
    const found = lookedUpState(definition, await findCluster(cluster, planning.ecs))
    rejectAsEcs(planning.account, 'CreateService', { input: request, state: found })
    return { service: input }
  },
  updateService: async (request: sdk.UpdateServiceRequest, planning: PlanningContext) => {
    const { cluster, service, forceNewDeployment, ...input } = request
    const definition = await requireActive(input.taskDefinition, planning)
    await rejectUpdate(request, definition, planning)
    return { service: { ...input, ...(definition && { taskDefinition: definition.taskDefinitionArn }) } }
  },
  deleteService: async (_: sdk.DeleteServiceRequest) => ({ service: { status: 'DRAINING', desiredCount: 0 } }),
  stopServiceDeployment: async (_: sdk.StopServiceDeploymentRequest) => ({}),
  continueServiceDeployment: async (_: sdk.ContinueServiceDeploymentRequest) => ({}),
  tagResource: async (_: sdk.TagResourceRequest) => ({}),
  untagResource: async (_: sdk.UntagResourceRequest) => ({}),
}

/**
 * Checks the current service with the update merged into it.
 * @throws the problem into which ECS's rejection would be translated
 */
async function rejectUpdate(
  input: sdk.UpdateServiceRequest,
  next: sdk.TaskDefinition | undefined,
  { account, ecs }: PlanningContext,
): Promise<void> {
  const { services: [service] = [] } = await ecs.describeServices({
    cluster: input.cluster,
    services: [input.service ?? ''],
  })
  if (service?.status !== 'ACTIVE') return
  const currentMembers = updatedMembers(service)
  const definition = await findDefinition(service.taskDefinition, ecs)
  const cluster = await findCluster(input.cluster, ecs)
  rejectAsEcs(
    account,
    'UpdateService',
    { input, currentMembers, state: lookedUpState(next ?? definition, cluster) },
    { input: {}, currentMembers, state: lookedUpState(definition, cluster) },
  )
}

async function findCluster(ref: string | undefined, ecs: ECS): Promise<sdk.Cluster | undefined> {
  const { clusters: [cluster] = [] } = await ecs.describeClusters({ clusters: [ref ?? 'default'] })
  return cluster
}

const lookedUpState = (definition: sdk.TaskDefinition | undefined, cluster: sdk.Cluster | undefined) => ({
  ...(definition && { definition: definition as Partial<AwsJson<sdk.TaskDefinition>> }),
  ...(cluster && { cluster: cluster as AwsJson<sdk.Cluster> }),
})

/**
 * Requires an ACTIVE task definition, as ECS does when it creates or updates a service.
 * @returns the revision that the name refers to; for a revision that this plan registers, the input of its
 *   registration; undefined for another new revision, because its content is unknown
 * @throws NotFound `TaskDefinitionNotFound`
 * @throws Conflict `TaskDefinitionInactive`
 */
async function requireActive(
  taskDefinition: string | undefined,
  { ecs, calls }: PlanningContext,
): Promise<sdk.TaskDefinition | undefined> {
  if (taskDefinition === undefined) return undefined
  if (taskDefinition.endsWith(`:${newRevision}`)) {
    const registered = calls.findLast(({ action }) => action === 'RegisterTaskDefinition')?.input
    return registered && { ...(registered as sdk.TaskDefinition), taskDefinitionArn: taskDefinition }
  }
  const { taskDefinition: described } = await ecs.describeTaskDefinition({ taskDefinition })
  if (described?.status !== 'ACTIVE') throw new Conflict('TaskDefinitionInactive', 'TaskDefinition is inactive')
  return described
}

/** The task definition of a service; undefined when it was deleted, which ECS allows. */
async function findDefinition(ref: string | undefined, ecs: ECS): Promise<sdk.TaskDefinition | undefined> {
  if (ref === undefined) return undefined
  try {
    return (await ecs.describeTaskDefinition({ taskDefinition: ref })).taskDefinition
  } catch (error) {
    if (error instanceof NotFound) return undefined
    throw error
  }
}

/** Whether the method changes something. @throws Error for an unknown method, so that no change is sent by accident */
function isChange(method: string): method is keyof typeof simulatedOutputs {
  if (method in simulatedOutputs) return true
  if (/^(describe|list)/.test(method)) return false
  throw new Error(`a plan cannot contain ${method}`)
}
