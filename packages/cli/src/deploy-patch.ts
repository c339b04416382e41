/** Builds the patch of a service (the request body) from the flags of `deploy`. */
import type { AccountClient, ServicePatch } from '@ecs-api/client'
import { circuitBreakerOf } from './circuit-breaker-flag.ts'
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'

type Containers = Record<string, { image?: string; environment?: Record<string, string | null> }>

/** @param file the fields of `-f FILE`, which flags replace @throws UsageError with every wrong flag */
export async function patchOfFlags(
  flags: Flags,
  account: AccountClient,
  ref: { cluster: string; name: string },
  file: ServicePatch = {},
): Promise<ServicePatch> {
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
  const changes = containerChanges(flags)
  if (changes.length === 0) return patch
  const containers = structuredClone((patch.containers ?? {}) as Containers)
  // Only a container with an image can be new. All others must be in the task definition.
  const withImage = new Set(changes.flatMap(({ container, image }) => (image === undefined ? [] : (container ?? []))))
  const changesToCheck = changes.filter(({ container }) => container === undefined || !withImage.has(container))
  const defaultContainer =
    changesToCheck.length > 0 ? await findDefaultContainer(account, ref, definition, changesToCheck) : ''
  for (const { container = defaultContainer, image, variable, value } of changes) {
    const changed = containers[container] ?? {}
    containers[container] = changed
    if (image !== undefined) changed.image = image
    if (variable !== undefined) changed.environment = { ...changed.environment, [variable]: value ?? null }
  }
  return { ...patch, containers }
}

interface ContainerChange {
  /** Undefined when the flag names none: then the task definition must have only one. */
  container: string | undefined
  image?: string
  variable?: string
  value?: string | null
}

function containerChanges(flags: Flags): ContainerChange[] {
  const faults: string[] = []
  const images = flags.list('image').map((text) => {
    // An image has no `=`.
    const [, container, image = ''] = /^(?:([\w-]+)=)?(.+)$/.exec(text) ?? []
    if (image === '') faults.push(`--image "${text}": give REF or CONTAINER=REF.`)
    return { container, image }
  })
  const pattern = /^(?:([\w-]+):)?([A-Za-z_]\w*)(?:=([\s\S]*))?$/
  const variables = [
    ...flags.list('env').map((text) => {
      const [, container, variable, value] = pattern.exec(text) ?? []
      if (variable === undefined || value === undefined)
        faults.push(`--env "${text}": give KEY=VALUE or CONTAINER:KEY=VALUE.`)
      return { container, variable: variable ?? '', value: value ?? '' }
    }),
    ...flags.list('unset').map((text) => {
      const [, container, variable, value] = pattern.exec(text) ?? []
      if (variable === undefined || value !== undefined) faults.push(`--unset "${text}": give KEY or CONTAINER:KEY.`)
      return { container, variable: variable ?? '', value: null }
    }),
  ]
  if (faults.length > 0) throw new UsageError(faults.join('\n'))
  return [...images, ...variables]
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
    'Write --image CONTAINER=REF, --env CONTAINER:KEY=VALUE, --unset CONTAINER:KEY.',
  )
}
