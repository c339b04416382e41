/**
 * The actions of each resource: the request that does it, the command that does the same, and why it is not possible
 * now. Buttons, the palette and dialogs are made from this one list.
 */
import type { Me, Release, Service, ServiceDeployment, Task } from '@ecs-api/client'
import { serviceOf } from './live/service-of.ts'
import { isSimulated } from './parts/simulated.tsx'
import { paths } from './paths.ts'
import { rollbackTarget } from './rollback-target.ts'

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
  /** The page that makes it possible. */
  fix?: { label: string; to: string } | undefined
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

/**
 * @param failing the service has a cause of failure: rolling back is the first thing to offer
 * @param releases undefined while they are not known
 */
export function serviceActions(
  me: Me | undefined,
  service: Service | undefined,
  newest: ServiceDeployment | undefined,
  failing: boolean,
  releases?: readonly Release[],
): Action[] {
  const whyNoChange = lacks(me, 'change')
  const gone = service && service.status !== 'ACTIVE' ? 'The service is being deleted.' : undefined
  const disabled = whyNoChange ?? gone
  const others = releases?.filter(({ isCurrent }) => !isCurrent)
  const nothingBefore = others?.length === 0 ? 'There is no other release to roll back to.' : undefined
  const isRollbackFirst = failing && releases !== undefined && rollbackTarget(releases) !== undefined
  const hooks = newest?.lifecycleHookDetails ?? []
  const waits = hooks.some(({ status }) => status === 'AWAITING_ACTION')
  return [
    { id: 'rollback', label: 'Roll back…', disabled: disabled ?? nothingBefore, isPrimary: isRollbackFirst },
    { id: 'deploy', label: 'Deploy…', disabled, isPrimary: !isRollbackFirst },
    { id: 'scale', label: 'Scale…', disabled },
    { id: 'restart', label: 'Restart…', disabled },
    { id: 'settings', label: 'Settings…', disabled },
    {
      id: 'stop-deployment',
      label: 'Stop deployment…',
      disabled: disabled ?? (isInProgress(newest) ? undefined : 'No deployment is in progress.'),
      isDangerous: true,
    },
    ...(hooks.length > 0
      ? [
          {
            id: 'continue',
            label: 'Continue…',
            disabled: disabled ?? (waits ? undefined : 'The deployment does not wait for anybody.'),
            isPrimary: waits,
          },
        ]
      : []),
    { id: 'delete', label: 'Delete…', disabled, isDangerous: true },
  ]
}

/** @param owner the service of the task; undefined while it is not known, and for a task without one */
export function taskActions(
  me: Me | undefined,
  task: Task | undefined,
  account: string,
  owner?: Service | undefined,
): Action[] {
  const isStopped = task?.lastStatus === 'STOPPED' ? 'The task has stopped.' : undefined
  const notRunning = task && task.lastStatus !== 'RUNNING' ? 'The task is not running.' : undefined
  const isSwitchedOn = owner?.enableExecuteCommand ?? false
  const withoutExec =
    task && !task.enableExecuteCommand
      ? isSwitchedOn
        ? 'The task was started before terminals were allowed. Its replacement has them: restart the service.'
        : 'The task was started without terminals (enableExecuteCommand). Allow them on the service.'
      : undefined
  const withoutShell =
    task && isSimulated(task) ? 'Simulated containers have no process, so there is no shell.' : undefined
  const service = task && serviceOf(task)
  const isFixable =
    (notRunning ?? withoutShell) === undefined && withoutExec !== undefined && lacks(me, 'change') === undefined
  return [
    {
      id: 'terminal',
      label: 'Terminal',
      disabled: lacks(me, 'exec') ?? notRunning ?? withoutShell ?? withoutExec,
      fix:
        isFixable && task && service !== undefined
          ? {
              label: isSwitchedOn ? 'Restart the service…' : 'Allow terminals…',
              to: paths.serviceAction(account, task.cluster, service, isSwitchedOn ? 'restart' : 'settings'),
            }
          : undefined,
    },
    { id: 'stop', label: 'Stop…', disabled: lacks(me, 'change') ?? isStopped, isDangerous: true },
  ]
}

export const whyNoChange = (me: Me | undefined) => lacks(me, 'change')
