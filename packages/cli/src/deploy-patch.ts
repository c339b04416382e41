/** Builds the patch of a service (the request body) from the flags of `deploy`. */
import type { AccountClient, ServicePatch } from '@ecs-api/client'
import { circuitBreakerOf } from './circuit-breaker-flag.ts'
import {
  type ContainerChange,
  type ContainerFields,
  containerChangesOf,
  containersOfChanges,
  withContainerFields,
} from './container-flags.ts'
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'
import { tagsOf } from './tag-flags.ts'

export interface DeployPatch {
  patch: ServicePatch
  /** The fields that flags set, by container, without the fields of the file. */
  containersOfFlags: Readonly<Record<string, ContainerFields>>
}

/** @param file the fields of `-f FILE`, which flags replace @throws UsageError with every wrong flag */
export async function patchOfFlags(
  flags: Flags,
  account: AccountClient,
  ref: { cluster: string; name: string },
  file: ServicePatch = {},
): Promise<DeployPatch> {
  const patch: ServicePatch = { ...file }
  const count = flags.integer('count')
  if (count !== undefined) patch.count = count
  const definition = flags.text('task-definition')
  if (definition !== undefined) patch.taskDefinition = definition
  for (const size of ['cpu', 'memory'] as const) {
    const value = flags.integer(size)
    if (value !== undefined) patch[size] = value
  }
  if (flags.isSet('exec')) {
    patch.enableExecuteCommand = true
    // ECS enables it in new tasks only.
    if (!(await account.services.get(ref)).enableExecuteCommand) patch.forceNewDeployment = true
  }
  const circuitBreaker = circuitBreakerOf(flags)
  if (circuitBreaker) patch.deploymentConfiguration = { ...patch.deploymentConfiguration, ...circuitBreaker }
  const tags = tagsOf(flags)
  if (tags) patch.tags = { ...patch.tags, ...tags }
  const changes = containerChangesOf(flags)
  if (changes.length === 0 && flags.text('container') !== undefined)
    throw new UsageError('--container names the container of other flags, such as --env, and there is none.')
  if (changes.length === 0) return { patch, containersOfFlags: {} }
  // Only a container with an image can be new. All others must be in the task definition.
  const withImage = new Set(
    changes.flatMap(({ container, fields }) => (fields.image === undefined ? [] : (container ?? []))),
  )
  const changesToCheck = changes.filter(({ container }) => container === undefined || !withImage.has(container))
  const defaultContainer =
    changesToCheck.length > 0 ? await findDefaultContainer(account, ref, definition, changesToCheck) : ''
  const containersOfFlags: Record<string, ContainerFields> = {}
  const containers = { ...patch.containers } as Record<string, ContainerFields | undefined>
  for (const { name, ...fields } of containersOfChanges(changes, defaultContainer)) {
    containersOfFlags[name] = fields
    containers[name] = withContainerFields(containers[name] ?? {}, fields)
  }
  return { patch: { ...patch, containers } as ServicePatch, containersOfFlags }
}

/**
 * Finds the container for changes that name none.
 * @throws UsageError when the task definition has several containers, or lacks a named one
 */
async function findDefaultContainer(
  account: AccountClient,
  ref: { cluster: string; name: string },
  definition: string | undefined,
  changes: readonly ContainerChange[],
): Promise<string> {
  const taskDefinition = definition ?? (await account.services.get(ref)).taskDefinition
  const { containerDefinitions } = await account.taskDefinitions.get(taskDefinition)
  const names = containerDefinitions.map(({ name }) => name!)
  const namedContainers = changes.flatMap(({ container }) => container ?? [])
  const unknown = [...new Set(namedContainers)].filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw new UsageError(`${taskDefinition} has no container ${unknown.join(', ')}; there is ${names.join(', ')}.`)
  if (names.length === 1 || namedContainers.length === changes.length) return names[0]!
  throw new UsageError(
    `Which container of ${taskDefinition}? It has ${names.join(', ')}.`,
    'Add -c CONTAINER, or write --image CONTAINER=REF, --env CONTAINER:KEY=VALUE, --unset CONTAINER:KEY.',
  )
}
