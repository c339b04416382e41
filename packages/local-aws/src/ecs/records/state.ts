/**
 * What ECS holds for one account in one Region. Every table and every index is named here; whoever sets a record keeps the indexes right without
 * thinking of them, and nothing needs to look through all of a table to find what belongs to a cluster or a service.
 */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Storage } from '../../storage/storage.ts'
import { type Indexes, observed, type Table, type View } from '../../storage/table.ts'
import type { Scope } from '../emitted-events.ts'
import { type AddressSpace, imaginedAddresses } from './address-space.ts'
import type { CapacityProviderRecord, ClusterRecord } from './cluster-record.ts'
import type {
  ServiceDeploymentRecord,
  ServiceEventsRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from './service-record.ts'
import type { SettingRecord } from './setting-record.ts'
import type { SubnetRecord } from './subnet-record.ts'
import type { TaskDefinitionRecord } from './task-definition-record.ts'
import type { RunTaskToken, TaskRecord } from './task-record.ts'

export interface EcsState extends ReturnType<typeof openEcsState> {}

/** The tables that ECS answers late: what it says about clusters, services and tasks may be as old as the consistency delay. */
export interface VisibleState {
  clusters: View<ClusterRecord>
  services: View<ServiceRecord, 'cluster' | 'activeIn' | 'drainingIn'>
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

/** Told of each task and service that is set. */
export interface OnRecordSet {
  task: (scope: Scope, before: TaskRecord | undefined, task: TaskRecord) => void
  service: (scope: Scope, before: ServiceRecord | undefined, service: ServiceRecord) => void
}

function openEcsState(
  storage: Storage,
  { account, region }: Scope,
  space: AddressSpace,
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
    /** Where the addresses of its subnets are from. */
    space,
    /** Whether a subnet has that range of the space. */
    isRangeTaken,

    /** By name; a deleted cluster stays, INACTIVE, until another takes its name. */
    clusters: table<ClusterRecord>('clusters'),
    /** By name. FARGATE and FARGATE_SPOT are not among them: they are built in. */
    capacityProviders: table<CapacityProviderRecord>('capacity-providers'),
    /** By `family:revision`. */
    taskDefinitions: table('task-definitions', {
      family: ({ family }: TaskDefinitionRecord) => family,
      status: ({ status }) => status,
      familyStatus: ({ family, status }) => `${family} ${status}`,
    }),
    /** By family: the newest revision ever registered. Revisions go on after deletion. */
    newestRevisions: table<number>('newest-revisions'),
    /** By name and principal. */
    settings: table<SettingRecord>('settings'),
    /** By ARN. */
    services: observed(
      table(
        'services',
        {
          cluster: ({ clusterArn }: ServiceRecord) => clusterArn,
          activeIn: ({ clusterArn, status }) => (status === 'ACTIVE' ? clusterArn : undefined),
          drainingIn: ({ clusterArn, status }) => (status === 'DRAINING' ? clusterArn : undefined),
          inactive: ({ status }) => (status === 'INACTIVE' ? 'yes' : undefined),
        },
        withNewNames,
      ),
      (before, service) => onSet.service({ account, region }, before, service),
    ),
    /** By ARN. */
    tasks: observed(
      table(
        'tasks',
        {
          cluster: ({ clusterArn }: TaskRecord) => clusterArn,
          /** All that are not stopped. */
          liveIn: ({ clusterArn, lastStatus }) => (lastStatus === 'STOPPED' ? undefined : clusterArn),
          runningIn: ({ clusterArn, lastStatus }) => (lastStatus === 'RUNNING' ? clusterArn : undefined),
          pendingIn: ({ clusterArn, lastStatus }) => (isPending(lastStatus) ? clusterArn : undefined),
          /** `ecs-svc/N` for the tasks of a deployment. */
          startedBy: ({ startedBy }) => startedBy,
          group: ({ clusterArn, group }) => group && `${clusterArn} ${group}`,
          taskDefinition: ({ taskDefinitionArn }) => taskDefinitionArn,
          /** By deployment: those that its counts show. */
          runningOf: ({ engine: { deployment }, lastStatus }) => (lastStatus === 'RUNNING' ? deployment : undefined),
          pendingOf: ({ engine: { deployment }, lastStatus }) => (isPending(lastStatus) ? deployment : undefined),
          /** By service: those that the scheduler has still to do with. */
          scheduledIn: ({ engine: { service, counted }, lastStatus }) =>
            lastStatus === 'STOPPED' && counted === 'ended' ? undefined : service,
          ofService: ({ engine: { service } }) => service,
          /** By address: those that hold it. */
          address: ({ engine: { address, subnet }, lastStatus }) =>
            lastStatus === 'STOPPED' || !address ? undefined : `${subnet} ${address}`,
          /** By subnet: those that are not stopped. */
          subnet: ({ engine: { subnet }, lastStatus }) => (lastStatus === 'STOPPED' ? undefined : subnet),
          /** Those that are on their way, and those that only wait to be forgotten. */
          stopped: ({ lastStatus }) => (lastStatus === 'STOPPED' ? 'yes' : 'no'),
        },
        withNewNames,
      ),
      (before, task) => onSet.task({ account, region }, before, task),
    ),
    /** By service ARN. Apart from the service, which changes for other reasons. */
    serviceEvents: table<ServiceEventsRecord>('service-events'),
    /** By ARN: what a deployment deploys. Never changes. */
    serviceRevisions: table('service-revisions', { service: ({ serviceArn }: ServiceRevisionRecord) => serviceArn }),
    /** By ARN: the story of each deployment. */
    serviceDeployments: table('service-deployments', {
      service: ({ serviceArn }: ServiceDeploymentRecord) => serviceArn,
    }),
    /** By id: which range of addresses each subnet has, and where it goes on. */
    subnets: table('subnets', {
      range: ({ space = imaginedAddresses.id, range }: SubnetRecord) => `${space} ${range}`,
    }),
    /** By cluster and token: RunTask requests that can be repeated without running anything twice. */
    runTaskTokens: table<RunTaskToken>('run-task-tokens'),
  }
}

export interface EcsStates {
  of(account: string, region: string): EcsState
  /** Those that hold anything or were asked for, so that what was going on before a restart can go on. */
  stored(): EcsState[]
}

export function openEcsStates(storage: Storage, space: AddressSpace, onSet: OnRecordSet): EcsStates {
  const ecsStates = new Map<string, EcsState>()
  function of(account: string, region: string): EcsState {
    const name = `${account}/${region}`
    const ecsState =
      ecsStates.get(name) ??
      openEcsState(storage, { account, region }, space, (range) => isRangeTaken(name, range), onSet)
    ecsStates.set(name, ecsState)
    return ecsState
  }
  /** In this world alone, or in all where they share the space. */
  function isRangeTaken(name: string, range: number): boolean {
    const own = ecsStates.get(name)
    const concerned = space.shared ? [...ecsStates.values()] : own ? [own] : []
    return concerned.some(({ subnets }) => subnets.count('range', `${space.id} ${range}`) > 0)
  }
  function stored(): EcsState[] {
    const names = new Set(storage.storedTables().flatMap((table) => /^ecs\/([^/]+\/[^/]+)\//.exec(table)?.[1] ?? []))
    return [...new Set([...names, ...ecsStates.keys()])].map((name) => of(...(name.split('/') as [string, string])))
  }
  return { of, stored }
}

/** The world as a client may see it: as it was at that time. */
export function visibleAt(ecsState: EcsState, time: number): VisibleState {
  return {
    clusters: ecsState.clusters.asOf(time),
    services: ecsState.services.asOf(time),
    tasks: ecsState.tasks.asOf(time),
  }
}

function isPending(lastStatus: string): boolean {
  return lastStatus === 'PROVISIONING' || lastStatus === 'PENDING' || lastStatus === 'ACTIVATING'
}

/** Members of `engine` that the first versions stored under other names. */
const newNames = new Map([
  ['standing', 'conditions'],
  ['sights', 'observed'],
  ['noted', 'counted'],
])

function withNewNames<T extends { engine: object }>(record: T): T {
  if (!Object.keys(record.engine).some((name) => newNames.has(name))) return record
  const engine = Object.entries(record.engine).map(([name, value]) => [newNames.get(name) ?? name, value])
  return { ...record, engine: Object.fromEntries(engine) }
}
