/** The members of UpdateService that bring a service back to the configuration of a revision. */
import type { ServiceRevision } from '@aws-sdk/client-ecs'
import type { ServiceUpdate } from '../services/update.ts'
import { isSame } from '../shapes/same.ts'

/** Members that UpdateService sets, with the value that clears them. */
const cleared = {
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
type Restored = keyof typeof cleared

/** Members of a revision that UpdateService does not have. Others follow from the task definition or from ECS. */
const notRestorable = ['guardDutyEnabled', 'fargateEphemeralStorage', 'overrides', 'ecsManagedResources'] as const

export interface RestoredMembers {
  update: ServiceUpdate
  /** Sentences about members that stay as they are, although the release had others. */
  warnings: string[]
}

/** Compares two revisions of a service. Members that are equal are not sent. */
export function restoredMembers(now: ServiceRevision, then: ServiceRevision): RestoredMembers {
  const warnings: string[] = []
  const update: Record<string, unknown> = {}
  for (const member of Object.keys(cleared) as Restored[]) {
    if (isSame(filled(now[member]), filled(then[member]))) continue
    const value = filled(then[member]) ?? cleared[member]
    if (value === undefined) warnings.push(`ECS cannot clear ${member}, which the release did not have: it stays.`)
    else update[member] = value
  }
  for (const member of notRestorable)
    if (!isSame(filled(now[member]), filled(then[member])))
      warnings.push(`UpdateService cannot set ${member}: it stays as ECS decides for the new deployment.`)
  return { update: { ...update, ...capacityOf(now, then, warnings) }, warnings }
}

/** ECS moves tasks to other capacity only by a forced deployment. An empty strategy means the launch type. */
function capacityOf(now: ServiceRevision, then: ServiceRevision, warnings: string[]): ServiceUpdate {
  if (isSame(strategyOf(now), strategyOf(then))) {
    if (then.launchType !== undefined && now.launchType !== undefined && then.launchType !== now.launchType)
      warnings.push(`UpdateService cannot change the launch type from ${now.launchType} to ${then.launchType}.`)
    return {}
  }
  return { capacityProviderStrategy: then.capacityProviderStrategy ?? [], forceNewDeployment: true }
}

function strategyOf({ capacityProviderStrategy = [] }: ServiceRevision): unknown {
  return capacityProviderStrategy
    .map(({ capacityProvider = '', weight = 0, base = 0 }) => ({ capacityProvider, weight, base }))
    .sort((a, b) => (a.capacityProvider < b.capacityProvider ? -1 : 1))
}

/** An empty list, an empty structure and Service Connect that is off equal an absent member. */
function filled<T>(value: T | undefined): T | undefined {
  if (typeof value !== 'object' || value === null) return value
  if ('enabled' in value && value.enabled === false) return undefined
  return Object.keys(value).length > 0 ? value : undefined
}
