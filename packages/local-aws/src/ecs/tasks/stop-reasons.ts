/**
 * The reasons why a task stops, in ECS's own words: `stopCode` and `stoppedReason` (ECS Developer Guide, "Stopped task
 * error codes").
 */
import type { TaskStopCode } from '@aws-sdk/client-ecs'
import { RuntimeFault } from '../../runtimes/runtime.ts'

export interface StopCause {
  stopCode: TaskStopCode
  stoppedReason: string
}

export const stopCauses = {
  byUser: (reason?: string): StopCause => ({
    stopCode: 'UserInitiated',
    stoppedReason: reason ?? 'Task stopped by user',
  }),
  scaling: (deployment: string): StopCause => ({
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: `Scaling activity initiated by (deployment ${deployment})`,
  }),
  unhealthy: (): StopCause => ({
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed container health checks',
  }),
  essentialExited: (): StopCause => ({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
  }),
  // Not ECS's text. The stop code is that of a task whose host Fargate takes back.
  engineClosing: (): StopCause => ({
    stopCode: 'TerminationNotice',
    stoppedReason: 'The engine that ran the task was closed.',
  }),
  failedToStart: (reason: string): StopCause => ({ stopCode: 'TaskFailedToStart', stoppedReason: reason }),
} satisfies Record<string, (...args: never[]) => StopCause>

/** Classifies the stop of a task for the scheduler, which counts some of them as failures of the deployment. */
export function classifyStop({
  stopCode,
  stoppedReason,
}: {
  stopCode?: string
  stoppedReason?: string
}): 'requested' | 'not-started' | 'exited' | 'unhealthy' {
  if (stopCode === 'TaskFailedToStart') return 'not-started'
  if (stopCode === 'EssentialContainerExited') return 'exited'
  return stoppedReason === stopCauses.unhealthy().stoppedReason ? 'unhealthy' : 'requested'
}

/** ECS's message, as recorded, when a container's dependency (`dependsOn`) can no longer be met. */
export const dependencyNotMetReason = 'Task failed to start'

/**
 * Whether the fault concerns a resource that a task needs before its containers start, such as a secret or log group.
 */
export function isResourceFault(error: unknown): boolean {
  return error instanceof RuntimeFault && error.message.startsWith('ResourceInitializationError')
}
