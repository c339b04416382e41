/**
 * The rules of RegisterTaskDefinition on the start order of containers. `evidence` is how it is known that AWS has a
 * rule; rule.ts explains its forms.
 */
import { type Container, containersOf, taskDefinitionRule } from './definition-rule.ts'
import type { Finding, Rule } from './rule.ts'

export const dependencyRules: readonly Rule[] = [
  taskDefinitionRule({ evidence: 'recorded response: radkawar/stackd' }, function* (input) {
    yield* dependencyFaults(containersOf(input))
  }),
]

function* dependencyFaults(containers: Container[]): Iterable<Finding> {
  const byName = new Map(containers.map((container) => [container.name, container]))
  for (const [i, container] of containers.entries())
    for (const [j, dependency] of (container.dependsOn ?? []).entries()) {
      const path = ['containerDefinitions', i, 'dependsOn', j] as const
      const target = byName.get(dependency.containerName)
      if (!target)
        yield [
          [...path, 'containerName'],
          `Cannot depend on container + '${dependency.containerName}' because it does not exist`,
        ]
      else if (dependency.condition === 'HEALTHY' && !target.healthCheck)
        yield [
          [...path, 'condition'],
          'A dependency container with HEALTHY condition must have health check configured',
        ]
      else if (
        (dependency.condition === 'SUCCESS' || dependency.condition === 'COMPLETE') &&
        target.essential !== false
      )
        yield [
          [...path, 'condition'],
          'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
        ]
    }
  const inCycle = indexInCycle(containers)
  if (inCycle !== undefined)
    yield [['containerDefinitions', inCycle, 'dependsOn'], 'Container dependsOn contains a cycle']
}

/**
 * The index of a container that depends on itself through others. Iterative, and visits each container once: a body can
 * have a chain of thousands.
 */
function indexInCycle(containers: Container[]): number | undefined {
  const indexes = new Map(containers.map(({ name }, index) => [name, index]))
  const visited = new Map<number, { tried: number; isOnPath: boolean }>()
  for (const start of containers.keys()) {
    const path: number[] = []
    const visit = (index: number) => {
      visited.set(index, { tried: 0, isOnPath: true })
      path.push(index)
    }
    if (!visited.has(start)) visit(start)
    while (path.length > 0) {
      const current = path.at(-1)!
      const state = visited.get(current)!
      const dependency = containers[current]!.dependsOn?.[state.tried++]
      if (!dependency) {
        state.isOnPath = false
        path.pop()
        continue
      }
      const next = indexes.get(dependency.containerName)
      if (next === undefined) continue
      if (visited.get(next)?.isOnPath)
        return path.slice(path.indexOf(next)).reduce((first, index) => Math.min(first, index))
      if (!visited.has(next)) visit(next)
    }
  }
  return undefined
}
