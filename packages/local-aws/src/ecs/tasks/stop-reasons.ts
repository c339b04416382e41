/** Why a task stops, in ECS's own words: `stopCode` and `stoppedReason` (ECS Developer Guide, "Stopped task error codes"). */
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
  // Not ECS's: the host that the task ran on goes away, as it does when Fargate takes it back.
  engineClosing: (): StopCause => ({
    stopCode: 'TerminationNotice',
    stoppedReason: 'The engine that ran the task was closed.',
  }),
  failedToStart: (reason: string): StopCause => ({ stopCode: 'TaskFailedToStart', stoppedReason: reason }),
} satisfies Record<string, (...args: never[]) => StopCause>

/** What the scheduler makes of it: whether it speaks against the deployment. */
export function endingOf({
  stopCode,
  stoppedReason,
}: {
  stopCode?: string
  stoppedReason?: string
}): 'asked' | 'not-started' | 'exited' | 'unhealthy' {
  if (stopCode === 'TaskFailedToStart') return 'not-started'
  if (stopCode === 'EssentialContainerExited') return 'exited'
  return stoppedReason === stopCauses.unhealthy().stoppedReason ? 'unhealthy' : 'asked'
}

/** All that ECS says of a container whose condition (`dependsOn`) can't be met any more, as recorded. */
export const dependencyNotMet = 'Task failed to start'

/** Secrets, log groups and the like, which a task needs before its containers. */
export function isOfResources(error: unknown): boolean {
  return error instanceof RuntimeFault && error.message.startsWith('ResourceInitializationError')
}
