/**
 * The actions of each resource: the request that does it, the command that does the same, and why it is not possible
 * now. Buttons, the palette and dialogs are made from this one list.
 */
import type { Me, Service, ServiceDeployment, Task } from '@ecs-api/client'
import { isSimulated } from './parts/simulated.tsx'

export interface Request {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the root. */
  path: string
  body?: unknown
}

export interface Action {
  id: string
  /** A verb. `…` marks one that opens a dialog. */
  label: string
  /** Why it is not possible now. */
  disabled: string | undefined
  isPrimary?: boolean
  isDangerous?: boolean
}

export const apiPath = (...segments: (string | number)[]) =>
  `/v1/ecs/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`

export const servicePath = (account: string, cluster: string, service: string, ...more: (string | number)[]) =>
  apiPath(account, 'clusters', cluster, 'services', service, ...more)

function lacks(me: Me | undefined, permission: 'change' | 'exec' | 'administer'): string | undefined {
  if (!me || (me.permissions as readonly string[]).includes(permission)) return undefined
  return `The token ${me.name} does not have the permission ${permission}.`
}

const isInProgress = (deployment: ServiceDeployment | undefined) =>
  deployment !== undefined && /^(PENDING|IN_PROGRESS)$/.test(deployment.status)

/** @param failing the service has a cause of failure: rolling back is the first thing to offer */
export function serviceActions(
  me: Me | undefined,
  service: Service | undefined,
  newest: ServiceDeployment | undefined,
  failing: boolean,
): Action[] {
  const whyNoChange = lacks(me, 'change')
  const gone = service && service.status !== 'ACTIVE' ? 'The service is being deleted.' : undefined
  const disabled = whyNoChange ?? gone
  const waits = newest?.lifecycleHookDetails?.some(({ status }) => status === 'AWAITING_ACTION')
  return [
    { id: 'rollback', label: 'Roll back…', disabled, isPrimary: failing },
    { id: 'deploy', label: 'Deploy…', disabled, isPrimary: !failing },
    { id: 'scale', label: 'Scale…', disabled },
    { id: 'restart', label: 'Restart…', disabled },
    ...(isInProgress(newest)
      ? [{ id: 'stop-deployment', label: 'Stop deployment…', disabled, isDangerous: true }]
      : []),
    ...(waits ? [{ id: 'continue', label: 'Continue…', disabled, isPrimary: true }] : []),
    { id: 'delete', label: 'Delete…', disabled, isDangerous: true },
  ]
}

export function taskActions(me: Me | undefined, task: Task | undefined): Action[] {
  const isStopped = task?.lastStatus === 'STOPPED' ? 'The task has stopped.' : undefined
  const notRunning = task && task.lastStatus !== 'RUNNING' ? 'The task is not running.' : undefined
  const withoutExec =
    task && !task.enableExecuteCommand
      ? 'The task was started without enableExecuteCommand. Set it on the service and restart it.'
      : undefined
  const withoutShell =
    task && isSimulated(task) ? 'Simulated containers have no process, so there is no shell.' : undefined
  return [
    { id: 'terminal', label: 'Terminal', disabled: lacks(me, 'exec') ?? notRunning ?? withoutShell ?? withoutExec },
    { id: 'stop', label: 'Stop…', disabled: lacks(me, 'change') ?? isStopped, isDangerous: true },
  ]
}

export const whyNoChange = (me: Me | undefined) => lacks(me, 'change')
