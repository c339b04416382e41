/**
 * The ECS tables of one account in one Region, with their indexes.
 *
 * The tables keep their indexes up to date on their own, so code that sets a record need not know them. Reads use an
 * index instead of a scan to find the records of a cluster or a service.
 */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Storage } from '../../storage/storage.ts'
import { type Indexes, observedTable, type Table, type View } from '../../storage/table.ts'
import { type AddressSpace, simulatedAddresses } from './address-space.ts'
import type { CapacityProviderRecord, ClusterRecord } from './cluster-record.ts'
import type { AccountRegion } from './emitted-events.ts'
import type {
  ServiceDeploymentRecord,
  ServiceEventsRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from './service-record.ts'
import type { TaskDefinitionRecord } from './task-definition-record.ts'
import type { RunTaskToken, TaskRecord } from './task-record.ts'

/** An account setting of one principal. The root user's setting is the account's default. */
export interface SettingRecord {
  name: string
  value: string
  principalArn: string
}

/** The address range of a subnet. */
export interface SubnetRecord {
  id: string
  /** The CIDR of the address space; undefined for the space of simulated tasks. */
  space?: string
  /** The index of the subnet's range in that space. */
  range: number
  /** The next address to try, as an offset from the first address of the range. */
  next: number
}

export interface EcsTables extends ReturnType<typeof openEcsTables> {}

/**
 * The tables whose reads may be stale: Describe and List see clusters, services and tasks as old as the consistency
 * delay.
 */
export interface ReadView {
  clusters: View<ClusterRecord>
  services: View<ServiceRecord, 'cluster' | 'activeIn' | 'drainingIn' | 'activeOnEc2In' | 'drainingOnEc2In'>
  tasks: View<
    TaskRecord,
    | 'cluster'
    | 'liveIn'
    | 'runningIn'
    | 'pendingIn'
    | 'runningOf'
    | 'pendingOf'
    | 'ofService'
    | 'startedBy'
    | 'group'
    | 'taskDefinition'
  >
}

/** Called after each task or service that is set. */
export interface OnRecordSet {
  task: (owner: AccountRegion, before: TaskRecord | undefined, task: TaskRecord) => void
  service: (owner: AccountRegion, before: ServiceRecord | undefined, service: ServiceRecord) => void
}

function openEcsTables(
  storage: Storage,
  { account, region }: AccountRegion,
  addressSpace: AddressSpace,
  isRangeTaken: (range: number) => boolean,
  onSet: OnRecordSet,
) {
  const table = <T, I extends string = never>(
    name: string,
    indexes?: Indexes<T, I>,
    upgrade?: (stored: T) => T,
  ): Table<T, I> => storage.table(`ecs/${account}/${region}/${name}`, indexes, upgrade)

  return {
    account,
    region,
    partition: partitionOf(region),
    /** The addresses of all subnets. */
    addressSpace,
    /** Whether a subnet has that range of the address space. */
    isRangeTaken,

    /** The key is the cluster's name. A deleted cluster stays, INACTIVE, until another cluster takes its name. */
    clusters: table<ClusterRecord>('clusters'),
    /** The key is the provider's name. FARGATE and FARGATE_SPOT are built in and not in this table. */
    capacityProviders: table<CapacityProviderRecord>('capacity-providers'),
    /** The key is `family:revision`. */
    taskDefinitions: table('task-definitions', {
      family: ({ family }: TaskDefinitionRecord) => family,
      status: ({ status }) => status,
      familyStatus: ({ family, status }) => `${family} ${status}`,
    }),
    /** The newest revision ever registered; the key is the family. Revision numbers are not reused after a deletion. */
    newestRevisions: table<number>('newest-revisions'),
    /** The key is the setting's name and the principal's ARN. */
    settings: table<SettingRecord>('settings'),
    /** The key is the service's ARN. An index whose name ends with `In` finds services by their cluster's ARN. */
    services: observedTable(
      table(
        'services',
        {
          cluster: ({ clusterArn }: ServiceRecord) => clusterArn,
          activeIn: ({ clusterArn, status }) => (status === 'ACTIVE' ? clusterArn : undefined),
          drainingIn: ({ clusterArn, status }) => (status === 'DRAINING' ? clusterArn : undefined),
          activeOnEc2In: ({ clusterArn, status, launchType }) =>
            status === 'ACTIVE' && launchType === 'EC2' ? clusterArn : undefined,
          drainingOnEc2In: ({ clusterArn, status, launchType }) =>
            status === 'DRAINING' && launchType === 'EC2' ? clusterArn : undefined,
          inactive: ({ status }) => (status === 'INACTIVE' ? 'yes' : undefined),
        },
        serviceWithNewNames,
      ),
      (before, service) => onSet.service({ account, region }, before, service),
    ),
    /** The key is the task's ARN. An index whose name ends with `In` finds tasks by their cluster's ARN. */
    tasks: observedTable(
      table(
        'tasks',
        {
          cluster: ({ clusterArn }: TaskRecord) => clusterArn,
          /** Tasks that have not stopped. */
          liveIn: ({ clusterArn, lastStatus }) => (lastStatus === 'STOPPED' ? undefined : clusterArn),
          runningIn: ({ clusterArn, lastStatus }) => (lastStatus === 'RUNNING' ? clusterArn : undefined),
          pendingIn: ({ clusterArn, lastStatus }) => (isPending(lastStatus) ? clusterArn : undefined),
          /** `ecs-svc/N` for the tasks of a deployment. */
          startedBy: ({ startedBy }) => startedBy,
          group: ({ clusterArn, group }) => group && `${clusterArn} ${group}`,
          taskDefinition: ({ taskDefinitionArn }) => taskDefinitionArn,
          /** By deployment: the tasks in its running count and its pending count. */
          runningOf: ({ internal: { deployment }, lastStatus }) => (lastStatus === 'RUNNING' ? deployment : undefined),
          pendingOf: ({ internal: { deployment }, lastStatus }) => (isPending(lastStatus) ? deployment : undefined),
          /** By service: the tasks that its scheduler state contains. */
          scheduledIn: ({ internal: { service, countedAs }, lastStatus }) =>
            lastStatus === 'STOPPED' && countedAs === 'ended' ? undefined : service,
          ofService: ({ internal: { service } }) => service,
          /** By subnet and address: the task that has the address. */
          address: ({ internal: { address, subnet }, lastStatus }) =>
            lastStatus === 'STOPPED' || !address ? undefined : `${subnet} ${address}`,
          /** By subnet: tasks that have not stopped. */
          subnet: ({ internal: { subnet }, lastStatus }) => (lastStatus === 'STOPPED' ? undefined : subnet),
          /** Tasks that have not stopped need a task run; stopped ones only wait to be deleted. */
          stopped: ({ lastStatus }) => (lastStatus === 'STOPPED' ? 'yes' : 'no'),
        },
        withNewNames,
      ),
      (before, task) => onSet.task({ account, region }, before, task),
    ),
    /**
     * The key is the service's ARN. Events have a table of their own, because services change for other reasons too.
     */
    serviceEvents: table<ServiceEventsRecord>('service-events'),
    /**
     * The configuration that a deployment deploys; the key is the revision's ARN. Only the digests of its images are
     * added later.
     */
    serviceRevisions: table('service-revisions', { service: ({ serviceArn }: ServiceRevisionRecord) => serviceArn }),
    /** The record of each rollout; the key is the service deployment's ARN. */
    serviceDeployments: table(
      'service-deployments',
      { service: ({ serviceArn }: ServiceDeploymentRecord) => serviceArn },
      withNewNames,
    ),
    /** The range of addresses of each subnet, and its next address; the key is the subnet's id. */
    subnets: table('subnets', {
      range: ({ space = simulatedAddresses.cidr, range }: SubnetRecord) => `${space} ${range}`,
    }),
    /** RunTask requests whose repetition returns the same tasks; the key is the cluster's ARN and the client token. */
    runTaskTokens: table<RunTaskToken>('run-task-tokens'),
  }
}

export interface AllEcsTables {
  tablesOf(account: string, region: string): EcsTables
  /**
   * The tables of each account and Region that has stored records or was accessed, to continue work after a restart.
   */
  listTables(): EcsTables[]
}

export function openAllEcsTables(storage: Storage, addressSpace: AddressSpace, onSet: OnRecordSet): AllEcsTables {
  const allEcsTables = new Map<string, EcsTables>()
  function tablesOf(account: string, region: string): EcsTables {
    const name = `${account}/${region}`
    const ecsTables =
      allEcsTables.get(name) ??
      openEcsTables(storage, { account, region }, addressSpace, (range) => isRangeTaken(name, range), onSet)
    allEcsTables.set(name, ecsTables)
    return ecsTables
  }
  /**
   * Whether a subnet has this range: one of this account and Region, or any subnet when all share the address space.
   */
  function isRangeTaken(name: string, range: number): boolean {
    const ecsTables = allEcsTables.get(name)
    const tablesInSpace = addressSpace.isReal ? [...allEcsTables.values()] : ecsTables ? [ecsTables] : []
    return tablesInSpace.some(({ subnets }) => subnets.countByIndex('range', `${addressSpace.cidr} ${range}`) > 0)
  }
  function listTables(): EcsTables[] {
    const names = new Set(storage.storedTables().flatMap((table) => /^ecs\/([^/]+\/[^/]+)\//.exec(table)?.[1] ?? []))
    return [...new Set([...names, ...allEcsTables.keys()])].map((name) =>
      tablesOf(...(name.split('/') as [string, string])),
    )
  }
  return { tablesOf, listTables }
}

/** The tables of `ecsTables` as they were at `time` (milliseconds since 1970). */
export function readViewAt(ecsTables: EcsTables, time: number): ReadView {
  return {
    clusters: ecsTables.clusters.asOf(time),
    services: ecsTables.services.asOf(time),
    tasks: ecsTables.tasks.asOf(time),
  }
}

function isPending(lastStatus: string): boolean {
  return lastStatus === 'PROVISIONING' || lastStatus === 'PENDING' || lastStatus === 'ACTIVATING'
}

/** Members of `internal` that earlier versions stored under other names. */
const newNameByOldName = new Map([
  ['standing', 'conditions'],
  ['sights', 'observed'],
  ['noted', 'countedAs'],
  ['counted', 'countedAs'],
])

/**
 * Upgrades a record that an earlier version stored. Earlier versions named `internal` first `engine`, then
 * `engineState`.
 */
function withNewNames<T extends { internal: object }>(stored: T): T {
  const {
    engine,
    engineState = engine,
    internal = engineState,
    ...record
  } = stored as Partial<T> & {
    engine?: object
    engineState?: object
  }
  const members = Object.entries(internal ?? {})
  if (engineState === undefined && !members.some(([name]) => newNameByOldName.has(name))) return stored
  const renamed = members.map(([name, value]) => [newNameByOldName.get(name) ?? name, value])
  return { ...record, internal: Object.fromEntries(renamed) } as unknown as T
}

function serviceWithNewNames(stored: ServiceRecord): ServiceRecord {
  const service = withNewNames(stored)
  if (service === stored) return stored
  const { internal } = service
  return { ...service, internal: { ...internal, deployments: internal.deployments.map(withNewNames) } }
}
