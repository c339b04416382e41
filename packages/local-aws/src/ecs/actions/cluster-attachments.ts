/**
 * Attachments of a cluster: in this engine only the default namespace of Service Connect (ECS Developer Guide, "Service
 * Connect"). A new cluster is PROVISIONING until its namespace is attached; an existing cluster gets a namespace at
 * once (AWS CLI examples, update-cluster).
 */
import { createHash } from 'node:crypto'
import type { Attachment, ClusterServiceConnectDefaults } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { Ids } from '../../ids.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'

type AttachmentMembers = Pick<ClusterRecord, 'serviceConnectDefaults' | 'attachments' | 'attachmentsStatus'>

/** The members that a new cluster with this default namespace has. */
export function newClusterAttachments(ids: Ids, serviceConnectDefaults: AwsJson<ClusterServiceConnectDefaults>) {
  return {
    status: 'PROVISIONING',
    serviceConnectDefaults,
    attachments: [newAttachment(ids, 'ATTACHING')],
    attachmentsStatus: 'UPDATE_IN_PROGRESS',
  } satisfies AttachmentMembers & { status: string }
}

/**
 * The members that a cluster gets when its default namespace is replaced, or removed (undefined). Earlier attachments
 * stay visible as DELETED.
 */
export function replacedAttachments(
  ids: Ids,
  { attachments = [] }: ClusterRecord,
  serviceConnectDefaults: AwsJson<ClusterServiceConnectDefaults> | undefined,
): AttachmentMembers {
  const older = attachments.map((earlier) => ({ ...earlier, status: 'DELETED' }))
  return {
    serviceConnectDefaults,
    attachments: serviceConnectDefaults ? [...older, newAttachment(ids, 'ATTACHED')] : older,
    attachmentsStatus: 'UPDATE_COMPLETE',
  }
}

/** Completes the attachment of a new cluster's namespace. */
export function finishNamespaceAttachment({ clusters }: EcsTables, clusterName: string): void {
  const cluster = clusters.get(clusterName)
  if (cluster?.status !== 'PROVISIONING') return
  const attachments = (cluster.attachments ?? []).map((entry) => ({ ...entry, status: 'ATTACHED' }))
  clusters.set(clusterName, { ...cluster, status: 'ACTIVE', attachments, attachmentsStatus: 'UPDATE_COMPLETE' })
}

/**
 * The ARN of a namespace given by ARN or name. ECS creates a namespace in Cloud Map for an unknown name. This engine
 * has no Cloud Map and derives the namespace's id from the name.
 */
export function namespaceArn({ partition, region, account }: EcsTables, reference: string): string {
  if (reference.startsWith('arn:')) return reference
  const id = BigInt(`0x${createHash('sha256').update(`${account} ${region} ${reference}`).digest('hex')}`)
    .toString(36)
    .slice(0, 16)
  return `arn:${partition}:servicediscovery:${region}:${account}:namespace/ns-${id}`
}

function newAttachment(ids: Ids, status: string): AwsJson<Attachment> {
  return { id: ids.uuid(), type: 'sc', status, details: [] }
}
