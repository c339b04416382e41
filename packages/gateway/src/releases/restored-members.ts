/** The members of UpdateService that restore the configuration of an earlier service revision. */
import type { ServiceRevision } from '@aws-sdk/client-ecs'
import type { ServiceUpdate } from '../services/update.ts'
import { isSameJson } from '../shapes/same.ts'

/** Members that UpdateService sets, with the value that clears each; undefined when ECS cannot clear the member. */
const clearingValues = {
  networkConfiguration: undefined,
  platformVersion: undefined,
  loadBalancers: [],
  serviceRegistries: [],
  serviceConnectConfiguration: { enabled: false },
  volumeConfigurations: [],
  vpcLatticeConfigurations: [],
  gatewayConnectors: [],
  monitoring: undefined,
} as const satisfies Partial<ServiceUpdate>
type RestorableMember = keyof typeof clearingValues

/**
 * Members of a revision that UpdateService cannot set. A member that is neither here nor in `clearingValues` comes from
 * the task definition or from ECS.
 */
const notRestorable = ['guardDutyEnabled', 'fargateEphemeralStorage', 'overrides', 'ecsManagedResources'] as const

export interface RestoredMembers {
  update: ServiceUpdate
  /** Sentences about members that stay as they are, although the release had others. */
  warnings: string[]
}

/** Compares two revisions of a service. The update has only the members that differ. */
export function restoredMembers(current: ServiceRevision, target: ServiceRevision): RestoredMembers {
  const warnings: string[] = []
  const update: Record<string, unknown> = {}
  for (const member of Object.keys(clearingValues) as RestorableMember[]) {
    if (isSameJson(undefinedIfEmpty(current[member]), undefinedIfEmpty(target[member]))) continue
    const value = undefinedIfEmpty(target[member]) ?? clearingValues[member]
    if (value === undefined) warnings.push(`ECS cannot clear ${member}, which the release did not have: it stays.`)
    else update[member] = value
  }
  for (const member of notRestorable)
    if (!isSameJson(undefinedIfEmpty(current[member]), undefinedIfEmpty(target[member])))
      warnings.push(`UpdateService cannot set ${member}: it stays as ECS decides for the new deployment.`)
  return { update: { ...update, ...restoredCapacity(current, target, warnings) }, warnings }
}

/**
 * The members that restore the capacity provider strategy. ECS moves tasks to other capacity only in a forced
 * deployment. An empty strategy selects the launch type.
 */
function restoredCapacity(current: ServiceRevision, target: ServiceRevision, warnings: string[]): ServiceUpdate {
  if (isSameJson(strategyOf(current), strategyOf(target))) {
    if (target.launchType !== undefined && current.launchType !== undefined && target.launchType !== current.launchType)
      warnings.push(`UpdateService cannot change the launch type from ${current.launchType} to ${target.launchType}.`)
    return {}
  }
  return { capacityProviderStrategy: target.capacityProviderStrategy ?? [], forceNewDeployment: true }
}

function strategyOf({ capacityProviderStrategy = [] }: ServiceRevision): unknown {
  return capacityProviderStrategy
    .map(({ capacityProvider = '', weight = 0, base = 0 }) => ({ capacityProvider, weight, base }))
    .sort((a, b) => (a.capacityProvider < b.capacityProvider ? -1 : 1))
}

/** Undefined for an empty list, an empty structure, and Service Connect that is off: ECS treats them as absent. */
function undefinedIfEmpty<T>(value: T | undefined): T | undefined {
  if (typeof value !== 'object' || value === null) return value
  if ('enabled' in value && value.enabled === false) return undefined
  return Object.keys(value).length > 0 ? value : undefined
}
