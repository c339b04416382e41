/** The changes that a deployment makes to the task definition of a service, in the form of the service's PATCH. */
import type { TaskDefinition } from '@ecs-api/client'
import { shellWord } from '../parts/shell-command.ts'
import { type Container, pairsOf } from './container-values.ts'
import { healthCheckOf } from './health-check-values.ts'
import { isSameJson } from './parsed-field.tsx'
import { dockerLabelsOf } from './simulation-values.ts'

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
  ports?: unknown
  portMappings?: unknown
  healthCheck?: Record<string, unknown> | null
  dockerLabels?: Record<string, string | null>
}

interface DefinitionPatch {
  containers?: Record<string, ContainerPatch>
  cpu?: unknown
  memory?: unknown
}

/** The members that differ from the definition; undefined when none does. */
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
  const environment = mapPatch(pairsOf(current.environment, 'value'), pairsOf(edited.environment, 'value'))
  const dockerLabels = mapPatch(dockerLabelsOf(current), dockerLabelsOf(edited))
  return {
    ...(edited.image !== undefined && edited.image !== current.image && { image: edited.image }),
    ...(!isSameJson(edited.command ?? [], current.command ?? []) && { command: edited.command ?? null }),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...listPatch('ports', current, edited),
    ...listPatch('portMappings', current, edited),
    ...healthCheckPatch(current, edited),
    ...(Object.keys(dockerLabels).length > 0 && { dockerLabels }),
  }
}

/** The list if it differs: a patch replaces lists as a whole. */
const listPatch = (member: 'ports' | 'portMappings', current: Container, edited: Container) =>
  !isSameJson(edited[member] ?? [], current[member] ?? []) && { [member]: edited[member] ?? [] }

function healthCheckPatch(current: Container, edited: Container): Pick<ContainerPatch, 'healthCheck'> {
  if (isSameJson(edited.healthCheck, current.healthCheck)) return {}
  if (edited.healthCheck === undefined) return { healthCheck: null }
  const patch = mapPatch(healthCheckOf(current), healthCheckOf(edited))
  return Object.keys(patch).length > 0 ? { healthCheck: patch } : {}
}

/** The entries that differ; null for an entry that is removed. */
function mapPatch<Value>(before: Record<string, Value>, after: Record<string, Value>): Record<string, Value | null> {
  return {
    ...Object.fromEntries(Object.keys(before).flatMap((name) => (name in after ? [] : [[name, null] as const]))),
    ...Object.fromEntries(Object.entries(after).filter(([name, value]) => !isSameJson(before[name], value))),
  }
}

/** The flags of `ecs-api deploy` for the patch; undefined when they cannot express it. */
export function deployFlags({ containers = {}, cpu, memory }: DefinitionPatch): string[] | undefined {
  const entries = Object.entries(containers)
  const names = entries.flatMap(([, { environment = {} }]) => Object.keys(environment))
  const needsDocument = ({ image, environment, ...others }: ContainerPatch) => Object.keys(others).length > 0
  if (entries.some(([, container]) => needsDocument(container)) || !names.every((name) => /^[A-Za-z_]\w*$/.test(name)))
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
