/** In which order a task's containers start and stop (`dependsOn`; API Reference, ContainerDependency). */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ContainerObservation } from '../../runtimes/runtime.ts'

type Definition = Wire<ContainerDefinition>
type ContainerObservations = ReadonlyMap<string, ContainerObservation>

/** ECS Developer Guide, "startTimeout": the default on Fargate. */
const START_TIMEOUT_MS = 180_000

export interface StartPlan {
  /** Whose dependencies are met and who has not been started. */
  ready: string[]
  /** A container waits for a dependency that can't be met any more. */
  failed: boolean
  /** The next time at which a dependency runs out of time. */
  until?: number
  /** Every container has been started. */
  complete: boolean
}

/** What is to be started now; `since` is when the first container could start. */
export function startPlan(
  definitions: readonly Definition[],
  observed: ContainerObservations,
  since: number,
  now: number,
): StartPlan {
  const plan: StartPlan = { ready: [], failed: false, complete: true }
  const deadlines: number[] = []
  for (const { name = '', dependsOn = [] } of definitions) {
    if (observationOf(observed, name).state !== 'waiting') continue
    plan.complete = false
    const states = dependsOn.map(({ containerName = '', condition = 'START' }) => {
      const observation = observationOf(observed, containerName)
      const state = stateOf(condition, observation)
      const deadline =
        (observation.state === 'running' ? observation.since : since) + timeoutOf(definitions, containerName)
      if (state === 'waits' && observation.state === 'running' && now >= deadline) return 'failed'
      if (state === 'waits' && observation.state === 'running') deadlines.push(deadline)
      return state
    })
    if (states.includes('failed')) plan.failed = true
    else if (states.every((state) => state === 'met')) plan.ready.push(name)
  }
  if (deadlines.length > 0) plan.until = Math.min(...deadlines)
  return plan
}

/** Dependents before what they depend on, so that nothing loses what it needs while it ends. */
export function stopOrder(definitions: readonly Definition[]): string[][] {
  const rounds: string[][] = []
  let left = definitions
  while (left.length > 0) {
    const needed = new Set(left.flatMap(({ dependsOn = [] }) => dependsOn.map(({ containerName }) => containerName)))
    const free = left.filter(({ name }) => !needed.has(name))
    // A cycle can't be registered; were there one all the same, its containers go together.
    const round = free.length > 0 ? free : left
    rounds.push(round.map(({ name = '' }) => name))
    left = left.filter((definition) => !round.includes(definition))
  }
  return rounds
}

function stateOf(condition: string, observation: ContainerObservation): 'met' | 'waits' | 'failed' {
  if (observation.state === 'waiting') return 'waits'
  switch (condition) {
    case 'START':
      return 'met'
    case 'HEALTHY':
      if (observation.state === 'exited' || observation.health === 'UNHEALTHY') return 'failed'
      return observation.health === 'HEALTHY' ? 'met' : 'waits'
    case 'SUCCESS':
      if (observation.state !== 'exited') return 'waits'
      return observation.exitCode === 0 ? 'met' : 'failed'
    default:
      return observation.state === 'exited' ? 'met' : 'waits'
  }
}

/** The timeout belongs to the container that is waited for. */
function timeoutOf(definitions: readonly Definition[], name: string): number {
  const seconds = definitions.find((definition) => definition.name === name)?.startTimeout
  return seconds === undefined ? START_TIMEOUT_MS : seconds * 1000
}

function observationOf(observed: ContainerObservations, name: string): ContainerObservation {
  return observed.get(name) ?? { state: 'waiting' }
}
