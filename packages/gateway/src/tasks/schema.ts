/** The API shape of a task. */
import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { publicAddressOf } from '../aws/reads/public-addresses.ts'
import { type Json, type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'

export type TaskResource = JsonObject & {
  id: string
  arn: string
  lastStatus: string
  desiredStatus: string
  cluster: string
}

export function toTaskResource(task: Task): TaskResource {
  const resource: JsonObject = {
    id: shortName(task.taskArn ?? ''),
    ...toApiShape('Task', task),
    runtime: runtimeOf(task),
    ports: publishedPorts(task),
  }
  const address = addressOf(task)
  if (address !== undefined) resource.address = address
  const publicAddress = publicAddressOf(task)
  if (publicAddress !== undefined) resource.publicAddress = publicAddress
  return resource as TaskResource
}

/** The private IPv4 address of the task's network interface. */
function addressOf(task: Task): string | undefined {
  for (const attachment of task.attachments ?? [])
    for (const detail of attachment.details ?? [])
      if (detail.name === 'privateIPv4Address' && detail.value) return detail.value
  return undefined
}

/** The embedded engine returns its container runtime as an attribute, because ECS's Task has no member for it. */
function runtimeOf(task: Task): string {
  const ofEngine = task.attributes?.find((attribute) => attribute.name === 'ecs-api.runtime')?.value
  return ofEngine ?? (task.launchType ?? 'FARGATE').toLowerCase()
}

function publishedPorts(task: Task): Json[] {
  return (task.containers ?? []).flatMap((container) =>
    (container.networkBindings ?? []).map((binding) => ({
      container: container.name,
      containerPort: binding.containerPort,
      hostPort: binding.hostPort,
      hostIp: binding.bindIP,
      protocol: binding.protocol,
    })),
  )
}
