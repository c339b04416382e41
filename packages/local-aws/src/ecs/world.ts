/**
 * What ECS holds for one account in one Region. Every table and every index is named here; whoever sets a record keeps the indexes right without
 * thinking of them, and nothing needs to look through all of a table to find what belongs to a cluster or a service.
 */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Storage } from '../storage/storage.ts'
import type { Indexes, Table, View } from '../storage/table.ts'
import type { CapacityProviderRecord, ClusterRecord } from './cluster-record.ts'
import type { ServiceDeploymentRecord, ServiceEventsRecord, ServiceRecord, ServiceRevisionRecord } from './service-record.ts'
import type { SettingRecord } from './setting-record.ts'
import type { SubnetRecord } from './subnet-record.ts'
import type { TaskDefinitionRecord } from './task-definition-record.ts'
import type { RunTaskToken, TaskRecord } from './task-record.ts'

export interface World extends ReturnType<typeof openWorld> {}

/** The tables that ECS answers late: what it says about clusters, services and tasks may be as old as the consistency delay. */
export interface Seen {
  clusters: View<ClusterRecord>
  services: View<ServiceRecord, 'cluster' | 'activeIn' | 'drainingIn'>
  tasks: View<
    TaskRecord,
    'cluster' | 'liveIn' | 'runningIn' | 'pendingIn' | 'runningOf' | 'pendingOf' | 'ofService' | 'startedBy' | 'group' | 'taskDefinition'
  >
}

function openWorld(storage: Storage, account: string, region: string) {
  const table = <T, I extends string = never>(name: string, indexes?: Indexes<T, I>): Table<T, I> =>
    storage.table(`ecs/${account}/${region}/${name}`, indexes)

  return {
    account,
    region,
    partition: partitionOf(region),

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
    services: table('services', {
      cluster: ({ clusterArn }: ServiceRecord) => clusterArn,
      activeIn: ({ clusterArn, status }) => (status === 'ACTIVE' ? clusterArn : undefined),
      drainingIn: ({ clusterArn, status }) => (status === 'DRAINING' ? clusterArn : undefined),
      inactive: ({ status }) => (status === 'INACTIVE' ? 'yes' : undefined),
    }),
    /** By ARN. */
    tasks: table('tasks', {
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
      scheduledIn: ({ engine: { service, noted }, lastStatus }) => (lastStatus === 'STOPPED' && noted === 'ended' ? undefined : service),
      ofService: ({ engine: { service } }) => service,
      /** By address: those that hold it. */
      address: ({ engine: { address, subnet }, lastStatus }) => (lastStatus === 'STOPPED' || !address ? undefined : `${subnet} ${address}`),
      /** By subnet: those that are not stopped. */
      subnet: ({ engine: { subnet }, lastStatus }) => (lastStatus === 'STOPPED' ? undefined : subnet),
      /** Those that are on their way, and those that only wait to be forgotten. */
      life: ({ lastStatus }) => (lastStatus === 'STOPPED' ? 'over' : 'going on'),
    }),
    /** By service ARN. Apart from the service, which changes for other reasons. */
    serviceEvents: table<ServiceEventsRecord>('service-events'),
    /** By ARN: what a deployment deploys. Never changes. */
    serviceRevisions: table('service-revisions', { service: ({ serviceArn }: ServiceRevisionRecord) => serviceArn }),
    /** By ARN: the story of each deployment. */
    serviceDeployments: table('service-deployments', { service: ({ serviceArn }: ServiceDeploymentRecord) => serviceArn }),
    /** By id: which range of addresses each subnet has, and where it goes on. */
    subnets: table('subnets', { range: ({ range }: SubnetRecord) => `${range}` }),
    /** By cluster and token: RunTask requests that can be repeated without running anything twice. */
    runTaskTokens: table<RunTaskToken>('run-task-tokens'),
  }
}

export interface Worlds {
  of(account: string, region: string): World
  /** Those that hold anything, so that what was going on before a restart can go on. */
  stored(): World[]
}

export function openWorlds(storage: Storage): Worlds {
  const worlds = new Map<string, World>()
  function of(account: string, region: string): World {
    const name = `${account}/${region}`
    const world = worlds.get(name) ?? openWorld(storage, account, region)
    worlds.set(name, world)
    return world
  }
  function stored(): World[] {
    const names = new Set(storage.storedTables().flatMap((table) => /^ecs\/([^/]+\/[^/]+)\//.exec(table)?.[1] ?? []))
    return [...names].map((name) => of(...(name.split('/') as [string, string])))
  }
  return { of, stored }
}

/** The world as a client may see it: as it was at that time. */
export function seenAt(world: World, time: number): Seen {
  return { clusters: world.clusters.asOf(time), services: world.services.asOf(time), tasks: world.tasks.asOf(time) }
}

function isPending(lastStatus: string): boolean {
  return lastStatus === 'PROVISIONING' || lastStatus === 'PENDING' || lastStatus === 'ACTIVATING'
}
