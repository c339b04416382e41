/** Why a new service cannot be created yet: the first field of its form that is empty or invalid. */
import { containersOf } from '../forms/container-values.ts'
import { nameFault } from '../forms/name-fault.ts'
import { tagsFault, tagsIn } from '../forms/tag-values.ts'
import { loadBalancersFault } from '../forms/target-group-fault.ts'
import type { Definition } from './definition-values.ts'
import type { ServiceBody } from './service-fields.tsx'

/** The title of the folded fields of a definition. */
export const foldedFieldsSummary = 'Command, health check, size and roles'

const typeTaskRoleReason = 'Choose a task role: terminals need one.'

export function cannotCreateReason({
  body,
  cluster,
  isClusterMissing,
  definition,
}: {
  body: ServiceBody
  cluster: string
  isClusterMissing: boolean
  /** The definition to register for an image; undefined when the service names an existing one. */
  definition: Definition | undefined
}): string | undefined {
  const name = String(body.name ?? '')
  return (
    nameReason(name, cluster) ??
    firstReason([
      [definition !== undefined && !containersOf(definition)[0]?.image, 'Type an image.'],
      [!definition && !body.taskDefinition, 'Choose a task definition.'],
      [name === '', 'Type a name.'],
      [cluster === '', 'Type a cluster.'],
      [isClusterMissing && !definition, `Create the cluster ${cluster} first.`],
      [!/^\d+$/.test(String(body.count ?? '')), 'Type a desired count: a number of tasks, 0 or more.'],
    ]) ??
    (definition && definitionReason(definition, body)) ??
    loadBalancersFault(body.loadBalancers) ??
    tagsFault(tagsIn(body.tags)) ??
    tagsFault(tagsIn(definition?.tags))
  )
}

const firstReason = (reasons: readonly (readonly [isMet: boolean, reason: string])[]) =>
  reasons.find(([isMet]) => isMet)?.[1]

/** Why a service or a cluster cannot have this name. */
function nameReason(name: string, cluster: string): string | undefined {
  const [nameProblem, clusterProblem] = [nameFault(name), nameFault(cluster)]
  if (nameProblem) return `Name: ${nameProblem}`
  return clusterProblem && `Cluster: ${clusterProblem}`
}

/** Why the definition that the form makes for an image cannot be registered. */
function definitionReason(
  definition: Definition,
  { taskDefinition, enableExecuteCommand }: ServiceBody,
): string | undefined {
  if (!definition.family) return 'Type a family.'
  if (taskDefinition !== undefined) return 'Remove taskDefinition from the document, or begin with a task definition.'
  return enableExecuteCommand && !definition.taskRoleArn ? typeTaskRoleReason : undefined
}
