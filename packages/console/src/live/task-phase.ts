import type { Task } from '@ecs-api/client'

export type TaskPhase = 'starting' | 'running' | 'stopping' | 'stopped'

/** A task that ECS is stopping keeps the status RUNNING at first, but no longer counts as running. */
export function phaseOf({ lastStatus, desiredStatus }: Pick<Task, 'lastStatus' | 'desiredStatus'>): TaskPhase {
  if (lastStatus === 'STOPPED') return 'stopped'
  if (desiredStatus === 'STOPPED') return 'stopping'
  return lastStatus === 'RUNNING' ? 'running' : 'starting'
}
