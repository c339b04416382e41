/** Rules of RegisterTaskDefinition on the order in which containers start. */
import { type Container, containersOf, onTask } from './definition-rule.ts'
import type { Finding, Rule } from './rule.ts'

export const dependencyRules: readonly Rule[] = [
  onTask('recorded response: radkawar/stackd', function* (input) {
    yield* dependencyFaults(containersOf(input))
  }),
]

function* dependencyFaults(containers: Container[]): Iterable<Finding> {
  const byName = new Map(containers.map((container) => [container.name, container]))
  for (const [i, container] of containers.entries())
    for (const [j, dependency] of (container.dependsOn ?? []).entries()) {
      const at = ['containerDefinitions', i, 'dependsOn', j] as const
      const target = byName.get(dependency.containerName)
      if (!target)
        yield [
          [...at, 'containerName'],
          `Cannot depend on container + '${dependency.containerName}' because it does not exist`,
        ]
      else if (dependency.condition === 'HEALTHY' && !target.healthCheck)
        yield [[...at, 'condition'], 'A dependency container with HEALTHY condition must have health check configured']
      else if (
        (dependency.condition === 'SUCCESS' || dependency.condition === 'COMPLETE') &&
        target.essential !== false
      )
        yield [
          [...at, 'condition'],
          'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
        ]
    }
  const inCycle = firstInCycle(containers)
  if (inCycle !== undefined)
    yield [['containerDefinitions', inCycle, 'dependsOn'], 'Container dependsOn contains a cycle']
}

/** The place of a container that depends on itself by way of others. Step by step, each once: a body can name thousands, one after another. */
function firstInCycle(containers: Container[]): number | undefined {
  const places = new Map(containers.map(({ name }, place) => [name, place]))
  const seen = new Map<number, { tried: number; isOnPath: boolean }>()
  for (const start of containers.keys()) {
    const path: number[] = []
    const enter = (place: number) => {
      seen.set(place, { tried: 0, isOnPath: true })
      path.push(place)
    }
    if (!seen.has(start)) enter(start)
    while (path.length > 0) {
      const here = path.at(-1)!
      const state = seen.get(here)!
      const dependency = containers[here]!.dependsOn?.[state.tried++]
      if (!dependency) {
        state.isOnPath = false
        path.pop()
        continue
      }
      const next = places.get(dependency.containerName)
      if (next === undefined) continue
      if (seen.get(next)?.isOnPath)
        return path.slice(path.indexOf(next)).reduce((first, place) => Math.min(first, place))
      if (!seen.has(next)) enter(next)
    }
  }
  return undefined
}
