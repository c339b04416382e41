import type { Task } from '@ecs-api/client'

export type TaskPhase = 'starting' | 'running' | 'stopping' | 'stopped'

/** A task that ECS stops keeps the status RUNNING at first, but it serves no longer. */
export function phaseOf({ lastStatus, desiredStatus }: Pick<Task, 'lastStatus' | 'desiredStatus'>): TaskPhase {
  if (lastStatus === 'STOPPED') return 'stopped'
  if (desiredStatus === 'STOPPED') return 'stopping'
  return lastStatus === 'RUNNING' ? 'running' : 'starting'
}
