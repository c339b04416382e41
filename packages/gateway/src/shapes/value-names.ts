/**
 * Lists of values that are components of openapi.json: ECS's own enumerations, and strings whose values are listed in
 * ECS's documentation only.
 */
import type { Member, StructureShape } from '@ecs-api/ecs-model'

export interface NamedValues {
  name: string
  values: readonly string[]
}

/** Members that are plain strings in ECS's model; the values are those of the Amazon ECS API Reference. */
const documentedValues: Readonly<Record<string, NamedValues>> = {
  'Cluster.status': {
    name: 'ClusterStatus',
    values: ['ACTIVE', 'PROVISIONING', 'DEPROVISIONING', 'FAILED', 'INACTIVE'],
  },
  'Cluster.attachmentsStatus': {
    name: 'ClusterAttachmentsStatus',
    values: ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_FAILED'],
  },
  'Service.status': { name: 'ServiceStatus', values: ['ACTIVE', 'DRAINING', 'INACTIVE'] },
  // DRAINING is not documented; ECS was recorded to return it for a deployment of a deleted service.
  'Deployment.status': { name: 'DeploymentStatus', values: ['PRIMARY', 'ACTIVE', 'INACTIVE', 'DRAINING'] },
  'TaskSet.status': { name: 'TaskSetStatus', values: ['PRIMARY', 'ACTIVE', 'DRAINING'] },
  // Amazon ECS Developer Guide, "Amazon ECS task lifecycle".
  'Task.lastStatus': {
    name: 'TaskStatus',
    values: [
      'PROVISIONING',
      'PENDING',
      'ACTIVATING',
      'RUNNING',
      'DEACTIVATING',
      'STOPPING',
      'DEPROVISIONING',
      'STOPPED',
      'DELETED',
    ],
  },
  'Task.desiredStatus': { name: 'DesiredStatus', values: ['PENDING', 'RUNNING', 'STOPPED'] },
  'Container.lastStatus': { name: 'ContainerStatus', values: ['PENDING', 'RUNNING', 'STOPPED'] },
  'ManagedAgent.lastStatus': { name: 'ManagedAgentStatus', values: ['PENDING', 'RUNNING', 'STOPPED'] },
  'Attachment.status': {
    name: 'AttachmentStatus',
    values: ['PRECREATED', 'CREATED', 'ATTACHING', 'ATTACHED', 'DETACHING', 'DETACHED', 'DELETED', 'FAILED'],
  },
}

/** New names for enumerations whose ECS name says too little or repeats the name of a structure. */
const renamedEnumerations: Readonly<Record<string, string>> = {
  DeploymentRolloutState: 'RolloutState',
  Scope: 'VolumeScope',
  TargetType: 'AttributeTargetType',
  TaskStopCode: 'StopCode',
}

/** The values of a member that the gateway accepts, where ECS accepts more: this API is for Fargate. */
const fargateValues: Readonly<Record<string, readonly string[]>> = {
  launchType: ['FARGATE'],
  schedulingStrategy: ['REPLICA'],
}

/** The values that ECS can return in the member, or undefined where the member is any string. */
export function returnedValues(owner: StructureShape, member: Member): NamedValues | undefined {
  const { values, valuesName } = member
  if (values && valuesName) return { name: renamedEnumerations[valuesName] ?? valuesName, values }
  return documentedValues[`${owner.name}.${member.name}`]
}

/** The values that a body can have in the member, or undefined where the member is any string. */
export function acceptedValues({ name, values, valuesName }: Member): NamedValues | undefined {
  if (!values || !valuesName) return undefined
  return { name: renamedEnumerations[valuesName] ?? valuesName, values: fargateValues[name] ?? values }
}
