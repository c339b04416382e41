/** The actions on clusters: create, describe, list, change, delete. */
import { isDeepStrictEqual } from 'node:util'
import type {
  ClusterServiceConnectDefaultsRequest,
  ClusterSetting,
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse,
  UpdateClusterRequest,
  UpdateClusterResponse,
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse,
} from '@aws-sdk/client-ecs'
import { type AwsJson, differingArnPart } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageOfList } from '../../protocol/pages.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import { effectiveSetting } from './account-settings.ts'
import type { ActionContext, Actions } from './action.ts'
import { checkProvidersExist, checkStrategyAssociated, strategyWithDefaults } from './capacity-provider-reference.ts'
import { clusterInResponse, clusterParts, partsInWriteResponse } from './cluster-answer.ts'
import {
  finishNamespaceAttachment,
  namespaceArn,
  newClusterAttachments,
  replacedAttachments,
} from './cluster-attachments.ts'
import { clusterArnOf, clusterNameIn, getCluster } from './cluster-reference.ts'
import { checkTags } from './tag-rules.ts'

export const clusterActions = {
  CreateCluster: createCluster,
  DescribeClusters: describeClusters,
  ListClusters: listClusters,
  UpdateCluster: updateCluster,
  UpdateClusterSettings: updateClusterSettings,
  PutClusterCapacityProviders: putClusterCapacityProviders,
  DeleteCluster: deleteCluster,
} satisfies Actions

const MAX_DESCRIBED = 100

/**
 * ECS shows a deleted cluster "for a period of time" (API Reference, DeleteCluster). It does not document how long;
 * here one hour.
 */
const INACTIVE_KEPT_MS = 3_600_000

function createCluster(context: ActionContext, input: AwsJson<CreateClusterRequest>): AwsJson<CreateClusterResponse> {
  const { ecsTables, caller, ids, delayedWork } = context
  const {
    clusterName = 'default',
    capacityProviders = [],
    defaultCapacityProviderStrategy = [],
    tags = [],
    settings = [],
  } = input
  checkTags(tags)
  checkProvidersExist(ecsTables, capacityProviders)
  const request = {
    ...input,
    clusterName,
    ...(input.defaultCapacityProviderStrategy && {
      defaultCapacityProviderStrategy: strategyWithDefaults(defaultCapacityProviderStrategy),
    }),
    serviceConnectDefaults: withNamespaceArn(ecsTables, input.serviceConnectDefaults),
  }
  const existing = ecsTables.clusters.get(clusterName)
  if (existing && existing.status !== 'INACTIVE') return creationResponse(context, repeatedCluster(existing, request))

  deleteOldInactiveClusters(context)
  const insights = {
    name: 'containerInsights',
    value: effectiveSetting(ecsTables, caller.arn, 'containerInsights'),
  } as const
  const cluster: ClusterRecord = {
    clusterArn: clusterArnOf(ecsTables, clusterName),
    clusterName,
    status: 'ACTIVE',
    tags,
    settings: mergedSettings([insights], settings),
    capacityProviders,
    defaultCapacityProviderStrategy: strategyWithDefaults(defaultCapacityProviderStrategy),
    configuration: input.configuration,
    ...(request.serviceConnectDefaults && newClusterAttachments(ids, request.serviceConnectDefaults)),
  }
  ecsTables.clusters.set(clusterName, cluster)
  if (cluster.status === 'PROVISIONING')
    delayedWork.finishLater(() => finishNamespaceAttachment(ecsTables, clusterName))
  return creationResponse(context, cluster)
}

/**
 * A request with the same arguments, or with none, is a repetition and gets the existing cluster.
 * @throws AwsError InvalidParameterException for other arguments.
 */
function repeatedCluster(cluster: ClusterRecord, request: AwsJson<CreateClusterRequest>): ClusterRecord {
  const settings = request.settings && mergedSettings(cluster.settings ?? [], request.settings)
  const isRepetition = Object.entries({ ...request, settings }).every(
    ([member, value]) => value === undefined || isDeepStrictEqual(value, cluster[member as keyof ClusterRecord]),
  )
  if (!isRepetition)
    throw new AwsError(
      'InvalidParameterException',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    )
  return cluster
}

/**
 * The responses of CreateCluster and DeleteCluster have a `clusterCount`, which the SDK's model lacks. It is always 1
 * and 0, respectively.
 */
function creationResponse(
  { ecsTables }: ActionContext,
  cluster: ClusterRecord,
): AwsJson<CreateClusterResponse> & { clusterCount: number } {
  const parts = [...partsInWriteResponse.creation, ...(cluster.attachments ? ['ATTACHMENTS'] : [])]
  return { cluster: clusterInResponse(cluster, ecsTables, parts), clusterCount: 1 }
}

function deletionResponse(
  { ecsTables }: ActionContext,
  cluster: ClusterRecord,
): AwsJson<DeleteClusterResponse> & { clusterCount: number } {
  return { cluster: clusterInResponse(cluster, ecsTables, partsInWriteResponse.deletion), clusterCount: 0 }
}

function withNamespaceArn(ecsTables: EcsTables, defaults: AwsJson<ClusterServiceConnectDefaultsRequest> | undefined) {
  return defaults?.namespace ? { namespace: namespaceArn(ecsTables, defaults.namespace) } : undefined
}

function describeClusters(
  { ecsTables, readView }: ActionContext,
  input: AwsJson<DescribeClustersRequest>,
): AwsJson<DescribeClustersResponse> {
  const { clusters: references = ['default'], include = [] } = input
  if (references.length > MAX_DESCRIBED)
    throw new AwsError('InvalidParameterException', `clusters can have at most ${MAX_DESCRIBED} items.`)
  const clustersByArn = new Map(
    references.map((reference) => {
      // It was not recorded whether ECS rejects another account's ARN here. This engine reports it as a missing
      // cluster.
      if (isOfOtherAccount(ecsTables, reference)) return [reference, undefined]
      const name = clusterNameIn(ecsTables, reference)
      return [clusterArnOf(ecsTables, name), readView.clusters.get(name)]
    }),
  )
  // ECS checks `include` only when it has found a cluster (recorded from ECS).
  if (
    [...clustersByArn.values()].some((cluster) => cluster) &&
    include.some((part) => !clusterParts.some((known) => known === part))
  )
    throw new AwsError('InvalidParameterException', `include should be one of [${clusterParts}]`)
  return {
    clusters: [...clustersByArn.values()].flatMap((cluster) =>
      cluster ? clusterInResponse(cluster, readView, include) : [],
    ),
    failures: [...clustersByArn].filter(([, cluster]) => !cluster).map(([arn]) => ({ arn, reason: 'MISSING' })),
  }
}

/** Whether the reference is an ARN of another partition, account or Region. */
function isOfOtherAccount(ecsTables: EcsTables, reference: string): boolean {
  if (!reference.startsWith('arn:')) return false
  const foreign = differingArnPart(reference, 'cluster', ecsTables)
  return foreign !== undefined && foreign !== 'kind'
}

function listClusters({ readView }: ActionContext, input: AwsJson<ListClustersRequest>): AwsJson<ListClustersResponse> {
  const activeClusters = [...readView.clusters.values()].filter(({ status }) => status !== 'INACTIVE')
  const { items, nextToken } = pageOfList(activeClusters, input, { keyOf: (cluster) => cluster.clusterArn })
  return { clusterArns: items.map((cluster) => cluster.clusterArn), nextToken }
}

function updateCluster(context: ActionContext, input: AwsJson<UpdateClusterRequest>): AwsJson<UpdateClusterResponse> {
  const { ecsTables, ids } = context
  const cluster = getClusterToChange(ecsTables, input.cluster)
  const { settings = [], configuration = cluster.configuration, serviceConnectDefaults } = input
  return storeChangedCluster(context, {
    ...cluster,
    settings: mergedSettings(cluster.settings ?? [], settings),
    configuration,
    // An empty namespace removes the default namespace of Service Connect (API Reference,
    // ClusterServiceConnectDefaultsRequest).
    ...(serviceConnectDefaults &&
      replacedAttachments(ids, cluster, withNamespaceArn(ecsTables, serviceConnectDefaults))),
  })
}

function updateClusterSettings(
  context: ActionContext,
  input: AwsJson<UpdateClusterSettingsRequest>,
): AwsJson<UpdateClusterSettingsResponse> {
  const cluster = getClusterToChange(context.ecsTables, input.cluster)
  return storeChangedCluster(context, {
    ...cluster,
    settings: mergedSettings(cluster.settings ?? [], input.settings ?? []),
  })
}

function putClusterCapacityProviders(
  context: ActionContext,
  input: AwsJson<PutClusterCapacityProvidersRequest>,
): AwsJson<PutClusterCapacityProvidersResponse> {
  const { ecsTables } = context
  const cluster = getClusterToChange(ecsTables, input.cluster)
  const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = input
  checkProvidersExist(ecsTables, capacityProviders)
  checkStrategyAssociated(ecsTables, defaultCapacityProviderStrategy, capacityProviders)
  const removed = (cluster.capacityProviders ?? []).filter((provider) => !capacityProviders.includes(provider))
  if (removed.some((provider) => isProviderInUse(ecsTables, cluster, provider)))
    throw new AwsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.')
  return storeChangedCluster(context, {
    ...cluster,
    capacityProviders,
    defaultCapacityProviderStrategy: strategyWithDefaults(defaultCapacityProviderStrategy),
  })
}

function isProviderInUse(ecsTables: EcsTables, { clusterArn }: ClusterRecord, provider: string): boolean {
  const byServices = ecsTables.services
    .allByIndex('activeIn', clusterArn)
    .some(({ capacityProviderStrategy = [] }) =>
      capacityProviderStrategy.some((item) => item.capacityProvider === provider),
    )
  return (
    byServices ||
    ecsTables.tasks
      .allByIndex('liveIn', clusterArn)
      .some(({ capacityProviderName }) => capacityProviderName === provider)
  )
}

function deleteCluster(context: ActionContext, input: AwsJson<DeleteClusterRequest>): AwsJson<DeleteClusterResponse> {
  const { ecsTables, clock } = context
  const cluster = getCluster(ecsTables, input.cluster)
  if (cluster.status === 'INACTIVE') return deletionResponse(context, cluster)
  // A draining service does not prevent the deletion (recorded from ECS).
  if (ecsTables.services.countByIndex('activeIn', cluster.clusterArn) > 0)
    throw new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.')
  if (ecsTables.tasks.countByIndex('liveIn', cluster.clusterArn) > 0)
    throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.')
  deleteOldInactiveClusters(context)
  const inactive: ClusterRecord = { ...cluster, status: 'INACTIVE', inactiveSince: clock.now() }
  ecsTables.clusters.set(cluster.clusterName, inactive)
  return deletionResponse(context, inactive)
}

function deleteOldInactiveClusters({ ecsTables, clock }: ActionContext): void {
  const keptSince = clock.now() - INACTIVE_KEPT_MS
  for (const { clusterName, inactiveSince } of [...ecsTables.clusters.values()])
    if (inactiveSince !== undefined && inactiveSince < keptSince) ecsTables.clusters.delete(clusterName)
}

function storeChangedCluster(
  { ecsTables }: ActionContext,
  cluster: ClusterRecord,
): { cluster: ReturnType<typeof clusterInResponse> } {
  ecsTables.clusters.set(cluster.clusterName, cluster)
  return { cluster: clusterInResponse(cluster, ecsTables, partsInWriteResponse.change) }
}

function getClusterToChange(ecsTables: EcsTables, reference: string | undefined): ClusterRecord {
  const cluster = getCluster(ecsTables, reference)
  if (cluster.status !== 'ACTIVE') throw new AwsError('ClientException', 'Cluster was not ACTIVE.')
  return cluster
}

function mergedSettings(
  stored: readonly AwsJson<ClusterSetting>[],
  given: readonly AwsJson<ClusterSetting>[],
): AwsJson<ClusterSetting>[] {
  return [...new Map([...stored, ...given].map((setting) => [setting.name, setting])).values()]
}
