/** The agent of ECS Exec in a container, as DescribeTasks shows it. Scripts wait until the agent is RUNNING. */
import type { Container, ManagedAgent } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../../clock.ts'
import type { ContainerObservation, Runtime } from '../../runtimes/runtime.ts'

/** The agent of a new container. When the runtime cannot run commands, the agent is STOPPED from the beginning. */
export function newExecAgent({ exec }: Pick<Runtime, 'exec'>): AwsJson<ManagedAgent> {
  if (exec) return { name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }
  return { name: 'ExecuteCommandAgent', lastStatus: 'STOPPED', reason: 'Simulated containers run no commands.' }
}

/**
 * The agents of a container after an observation: they start and stop with the container. A stopped agent stays
 * stopped.
 */
export function managedAgentsAfter(
  { managedAgents }: AwsJson<Container>,
  observation: ContainerObservation,
): Pick<AwsJson<Container>, 'managedAgents'> {
  if (!managedAgents) return {}
  return {
    managedAgents: managedAgents.map((agent) => {
      if (agent.lastStatus === 'STOPPED' || observation.state === 'waiting') return agent
      if (observation.state === 'exited') return { ...agent, lastStatus: 'STOPPED' }
      return { ...agent, lastStatus: 'RUNNING', lastStartedAt: toEpochSeconds(observation.since) }
    }),
  }
}
