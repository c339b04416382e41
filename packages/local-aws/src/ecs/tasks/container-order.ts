/** The order in which a task's containers start and stop (`dependsOn`; API Reference, ContainerDependency). */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { ContainerObservation } from '../../runtimes/runtime.ts'

type Definition = AwsJson<ContainerDefinition>
type ContainerObservations = ReadonlyMap<string, ContainerObservation>

/** The default on Fargate (ECS Developer Guide, "startTimeout"). */
const START_TIMEOUT_MS = 180_000

export interface StartPlan {
  /** Names of containers that have not been started and whose dependencies are met. */
  ready: string[]
  /** Whether a container waits for a dependency that can no longer be met. */
  hasFailedDependency: boolean
  /** The next time at which a dependency times out, in milliseconds since 1970. */
  nextTimeoutAt?: number
  /** Whether every container has been started. */
  isComplete: boolean
}

/** Returns the containers to start now. @param now milliseconds since 1970 */
export function startPlan(definitions: readonly Definition[], observed: ContainerObservations, now: number): StartPlan {
  const plan: StartPlan = { ready: [], hasFailedDependency: false, isComplete: true }
  const deadlines: number[] = []
  for (const { name = '', dependsOn = [] } of definitions) {
    if (observationOf(observed, name).state !== 'waiting') continue
    plan.isComplete = false
    const states = dependsOn.map(({ containerName = '', condition = 'START' }) => {
      const observation = observationOf(observed, containerName)
      const state = dependencyState(condition, observation)
      if (state !== 'waits' || observation.state !== 'running') return state
      const deadline = observation.since + timeoutMsOf(definitions, containerName)
      if (now >= deadline) return 'failed'
      deadlines.push(deadline)
      return state
    })
    if (states.includes('failed')) plan.hasFailedDependency = true
    else if (states.every((state) => state === 'met')) plan.ready.push(name)
  }
  if (deadlines.length > 0) plan.nextTimeoutAt = Math.min(...deadlines)
  return plan
}

/**
 * Groups of containers in the order in which they stop: a container stops before its dependencies, so that it can still
 * use them while it ends.
 */
export function stopOrder(definitions: readonly Definition[]): string[][] {
  const rounds: string[][] = []
  let remaining = definitions
  while (remaining.length > 0) {
    const needed = new Set(
      remaining.flatMap(({ dependsOn = [] }) => dependsOn.map(({ containerName }) => containerName)),
    )
    const notNeeded = remaining.filter(({ name }) => !needed.has(name))
    // A cycle cannot be registered. If there were one, its containers would stop together.
    const round = notNeeded.length > 0 ? notNeeded : remaining
    rounds.push(round.map(({ name = '' }) => name))
    remaining = remaining.filter((definition) => !round.includes(definition))
  }
  return rounds
}

function dependencyState(condition: string, observation: ContainerObservation): 'met' | 'waits' | 'failed' {
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

/** The start timeout of the container `name`: other containers wait for it at most that long. */
function timeoutMsOf(definitions: readonly Definition[], name: string): number {
  const seconds = definitions.find((definition) => definition.name === name)?.startTimeout
  return seconds === undefined ? START_TIMEOUT_MS : seconds * 1000
}

function observationOf(observed: ContainerObservations, name: string): ContainerObservation {
  return observed.get(name) ?? { state: 'waiting' }
}
