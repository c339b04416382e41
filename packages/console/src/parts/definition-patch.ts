/** The changes that a deployment makes to the task definition of a service, in the form of the service's PATCH. */
import type { TaskDefinition } from '@ecs-api/client'
import { type Container, pairsOf } from './container-values.ts'
import { shellWord } from './copy.tsx'
import { isSameJson } from './linked-field.tsx'

/** The definition as a form has changed it. */
export interface EditedDefinition {
  cpu?: unknown
  memory?: unknown
  /** The edited containers by name. */
  containers: Record<string, Container>
}

interface ContainerPatch {
  image?: string
  command?: unknown
  environment?: Record<string, string | null>
}

interface DefinitionPatch {
  containers?: Record<string, ContainerPatch>
  cpu?: unknown
  memory?: unknown
}

/** Only what differs from the definition; undefined when nothing does. */
export function definitionPatch(definition: TaskDefinition, edited: EditedDefinition): DefinitionPatch | undefined {
  const containers = Object.entries(edited.containers).flatMap(([name, container]) => {
    const current = definition.containerDefinitions?.find((each) => each.name === name)
    const patch = current && containerPatch(current as Container, container)
    return patch && Object.keys(patch).length > 0 ? [[name, patch] as const] : []
  })
  const patch: DefinitionPatch = {
    ...(containers.length > 0 && { containers: Object.fromEntries(containers) }),
    ...(String(edited.cpu) !== String(definition.cpu) && { cpu: edited.cpu }),
    ...(String(edited.memory) !== String(definition.memory) && { memory: edited.memory }),
  }
  return Object.keys(patch).length > 0 ? patch : undefined
}

function containerPatch(current: Container, edited: Container): ContainerPatch {
  const before = pairsOf(current.environment, 'value')
  const after = pairsOf(edited.environment, 'value')
  const environment = {
    ...Object.fromEntries(Object.keys(before).flatMap((name) => (name in after ? [] : [[name, null] as const]))),
    ...Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value)),
  }
  return {
    ...(edited.image !== undefined && edited.image !== current.image && { image: edited.image }),
    ...(!isSameJson(edited.command ?? [], current.command ?? []) && { command: edited.command ?? null }),
    ...(Object.keys(environment).length > 0 && { environment }),
  }
}

/** The flags of `ecs-api deploy` for the patch; undefined when they cannot express it. */
export function deployFlags({ containers = {}, cpu, memory }: DefinitionPatch): string[] | undefined {
  const entries = Object.entries(containers)
  const names = entries.flatMap(([, { environment = {} }]) => Object.keys(environment))
  if (entries.some(([, { command }]) => command !== undefined) || !names.every((name) => /^[A-Za-z_]\w*$/.test(name)))
    return undefined
  return [
    ...entries.flatMap(([container, { image, environment = {} }]) => [
      ...(image === undefined ? [] : [`--image ${shellWord(`${container}=${image}`)}`]),
      ...Object.entries(environment).map(([name, value]) =>
        value === null
          ? `--unset ${shellWord(`${container}:${name}`)}`
          : `--env ${shellWord(`${container}:${name}=${value}`)}`,
      ),
    ]),
    ...(cpu === undefined ? [] : [`--cpu ${cpu}`]),
    ...(memory === undefined ? [] : [`--memory ${memory}`]),
  ]
}
