/** The agent of ECS Exec in a task's containers, as DescribeTasks shows it: scripts wait for it to be RUNNING. */
import type { Container, ManagedAgent } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import { epochSeconds } from '../../clock.ts'
import type { ContainerObservation, Runtime } from '../../runtimes/runtime.ts'

export function newExecAgent({ exec }: Pick<Runtime, 'exec'>): Wire<ManagedAgent> {
  if (exec) return { name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }
  return { name: 'ExecuteCommandAgent', lastStatus: 'STOPPED', reason: 'Simulated containers run no commands.' }
}

/** The agents of a container that is seen like that: they start and stop with it. A stopped agent stays stopped. */
export function agentsSeen(
  { managedAgents }: Wire<Container>,
  seen: ContainerObservation,
): Pick<Wire<Container>, 'managedAgents'> {
  if (!managedAgents) return {}
  return {
    managedAgents: managedAgents.map((agent) => {
      if (agent.lastStatus === 'STOPPED' || seen.state === 'waiting') return agent
      if (seen.state === 'exited') return { ...agent, lastStatus: 'STOPPED' }
      return { ...agent, lastStatus: 'RUNNING', lastStartedAt: epochSeconds(seen.since) }
    }),
  }
}
