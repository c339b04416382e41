/**
 * The actions that a page offers on a service or a task: each with its label, and with the reason when it is not
 * possible now. Pages show them as buttons, and the palette lists the buttons of the page.
 */
import type { Me, Release, Service, ServiceDeployment, Task } from '@ecs-api/client'
import { isPaused } from '@ecs-api/client/words'
import { serviceNameOf } from './live/service-name.ts'
import { isSimulated } from './parts/simulated.tsx'
import { paths } from './paths.ts'
import { rollbackTarget } from './rollback-target.ts'

export interface ApiRequest {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the root of the gateway's address, such as `/v1/ecs/prod/clusters`. */
  path: string
  body?: unknown
}

export interface Action {
  id: string
  /** A verb. It ends with `…` when the action opens a dialog. */
  label: string
  /** Why the action is not possible now; undefined when it is possible. */
  disabledReason: string | undefined
  isPrimary?: boolean
  isDangerous?: boolean
  /** A link to the page where a person can make the action possible. */
  fix?: { label: string; href: string } | undefined
}

export const apiPath = (...segments: (string | number)[]) =>
  `/v1/ecs/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`

export const servicePath = (account: string, cluster: string, service: string, ...subpath: (string | number)[]) =>
  apiPath(account, 'clusters', cluster, 'services', service, ...subpath)

function missingPermissionReason(me: Me | undefined, permission: 'change' | 'exec' | 'administer'): string | undefined {
  if (!me || (me.permissions as readonly string[]).includes(permission)) return undefined
  return `The token ${me.name} does not have the permission ${permission}.`
}

/** Why there is no deployment to stop. */
export const noDeploymentReason = (newest: ServiceDeployment | undefined) =>
  newest !== undefined && /^(PENDING|IN_PROGRESS)$/.test(newest.status) ? undefined : 'No deployment is in progress.'

/** Why ECS cannot roll the deployment back when it is stopped. */
export const noReleaseBeforeReason = ({ sourceServiceRevisions = [] }: ServiceDeployment) =>
  sourceServiceRevisions.length > 0 ? undefined : 'This is the first release: there is none to roll back to.'

interface ServiceActionOptions {
  /** The signed-in caller. A member is undefined while the page does not know it. */
  me: Me | undefined
  service: Service | undefined
  /** `unread`: a list reads no deployments, so its actions do not depend on them. */
  newestDeployment: ServiceDeployment | undefined | 'unread'
  releases: readonly Release[] | undefined
  /** Whether the service has a cause of failure: then the rollback is the primary action. */
  isFailing: boolean
}

export function serviceActions({
  me,
  service,
  newestDeployment: deployment,
  releases,
  isFailing,
}: ServiceActionOptions): Action[] {
  const newestDeployment = deployment === 'unread' ? undefined : deployment
  const notPermittedReason = missingPermissionReason(me, 'change')
  const deletedReason =
    service?.status === 'INACTIVE'
      ? 'The service was deleted.'
      : service && service.status !== 'ACTIVE'
        ? 'The service is being deleted.'
        : undefined
  const disabledReason = notPermittedReason ?? deletedReason
  const otherReleases = releases?.filter(({ isCurrent }) => !isCurrent)
  const noReleaseReason = otherReleases?.length === 0 ? 'There is no other release to roll back to.' : undefined
  const isRollbackFirst = isFailing && releases !== undefined && rollbackTarget(releases) !== undefined
  const hooks = newestDeployment?.lifecycleHookDetails ?? []
  const isWaiting = newestDeployment !== undefined && isPaused(newestDeployment)
  return [
    {
      id: 'rollback',
      label: 'Roll back…',
      disabledReason: disabledReason ?? noReleaseReason,
      isPrimary: isRollbackFirst,
    },
    { id: 'deploy', label: 'Deploy…', disabledReason, isPrimary: !isRollbackFirst && !isWaiting },
    { id: 'scale', label: 'Scale…', disabledReason },
    { id: 'restart', label: 'Restart…', disabledReason },
    { id: 'tags', label: 'Tags…', disabledReason },
    { id: 'settings', label: 'Change settings…', disabledReason },
    {
      id: 'stop-deployment',
      label: 'Stop deployment…',
      disabledReason: disabledReason ?? (deployment === 'unread' ? undefined : noDeploymentReason(newestDeployment)),
      isDangerous: true,
    },
    ...(hooks.length > 0
      ? [
          {
            id: 'continue',
            label: 'Continue…',
            disabledReason:
              disabledReason ?? (isWaiting ? undefined : 'The deployment does not wait for a confirmation.'),
            isPrimary: isWaiting && !isRollbackFirst,
          },
        ]
      : []),
    { id: 'delete', label: 'Delete…', disabledReason, isDangerous: true },
  ]
}

/** The actions on a service of a list, which reads no deployments, and seldom the releases. */
export const listedServiceActions = (me: Me | undefined, service: Service, releases?: readonly Release[]) =>
  serviceActions({ me, service, newestDeployment: 'unread', releases, isFailing: false })

const actionOf = (actions: readonly Action[], id: string) => actions.find((action) => action.id === id)

export const disabledReasonOf = (actions: readonly Action[], id: string) => actionOf(actions, id)?.disabledReason

/**
 * The actions on several resources, given the actions on each. An action is possible when it is possible on one of
 * them: its dialog says why it is not on the others.
 */
export function actionsOnSeveral(actionsOfEach: readonly Action[][], ids: readonly string[]): Action[] {
  return ids.flatMap((id) => {
    const actions = actionsOfEach.flatMap((actions) => actionOf(actions, id) ?? [])
    const reasons = new Set(actions.map(({ disabledReason }) => disabledReason))
    const [action] = actions
    if (!action) return []
    const { label, isDangerous } = action
    const disabledReason = reasons.has(undefined) ? undefined : [...reasons].join(' ')
    return [{ id, label, isDangerous, disabledReason }]
  })
}

/** @param owningService the service of the task; undefined while it is not known, and for a task without one */
export function taskActions(
  me: Me | undefined,
  task: Task | undefined,
  account: string,
  owningService?: Service | undefined,
): Action[] {
  const stoppedReason =
    task?.lastStatus === 'STOPPED'
      ? 'The task has stopped.'
      : task?.desiredStatus === 'STOPPED'
        ? 'The task is being stopped.'
        : undefined
  const notRunningReason =
    stoppedReason ?? (task && task.lastStatus !== 'RUNNING' ? 'The task is not running.' : undefined)
  const serviceAllowsTerminals = owningService?.enableExecuteCommand ?? false
  const noExecReason =
    task && !task.enableExecuteCommand
      ? serviceAllowsTerminals
        ? 'The task was started before the service allowed terminals. Restart the service: its new tasks have terminals.'
        : 'The task was started without terminals (enableExecuteCommand). Allow them on the service.'
      : undefined
  const noShellReason =
    task && isSimulated(task) ? 'Simulated containers have no process, so there is no shell.' : undefined
  const serviceName = task && serviceNameOf(task)
  const isFixable =
    (notRunningReason ?? noShellReason) === undefined &&
    noExecReason !== undefined &&
    missingPermissionReason(me, 'change') === undefined
  return [
    {
      id: 'terminal',
      label: 'Terminal',
      disabledReason: missingPermissionReason(me, 'exec') ?? notRunningReason ?? noShellReason ?? noExecReason,
      fix:
        isFixable && task && serviceName !== undefined
          ? {
              label: serviceAllowsTerminals ? 'Restart the service…' : 'Allow terminals…',
              href: paths.serviceAction(
                account,
                task.cluster,
                serviceName,
                serviceAllowsTerminals ? 'restart' : 'settings',
              ),
            }
          : undefined,
    },
    {
      id: 'stop',
      label: 'Stop…',
      disabledReason: missingPermissionReason(me, 'change') ?? stoppedReason,
      isDangerous: true,
    },
  ]
}

export const createServiceAction = (me: Me | undefined): Action => ({
  id: 'create',
  label: 'Create a service…',
  disabledReason: changeNotPermittedReason(me),
  isPrimary: true,
})

export const changeNotPermittedReason = (me: Me | undefined) => missingPermissionReason(me, 'change')
export const administrationNotPermittedReason = (me: Me | undefined) => missingPermissionReason(me, 'administer')
