/** The page of one service: its state, the causes of a failure, its actions, and a tab for each part. */
import { diagnosedSentence } from '@ecs-api/client/words'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { serviceActions, servicePath } from '../actions.ts'
import { ServiceDialog } from '../dialogs/service-dialog.tsx'
import { useAddressSearch } from '../live/address-search.ts'
import { useIsNarrow } from '../live/narrow.ts'
import { useDeployments, useMe, useReleases, useService, useServiceDiagnosis } from '../live/queries.ts'
import { useServiceTasks } from '../live/task-lists.ts'
import { Causes, detailBelowStatus, unexpectedCauses } from '../parts/causes.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { deployedRelease } from '../parts/deployed-release.ts'
import { FailedRelease } from '../parts/failed-release.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { toneOfService } from '../parts/status.tsx'
import { StatusSentence } from '../parts/status-sentence.tsx'
import { TasksByRevision } from '../parts/tasks-by-revision.tsx'
import { useNextStepSentence, useNow } from '../parts/time.tsx'
import { paths, type ServiceTab, serviceTabs } from '../paths.ts'
import { DeletedServicePage } from './deleted-service.tsx'
import { ServiceHead } from './service-head.tsx'
import { ServiceNow } from './service-now.tsx'
import { TasksTab } from './service-tasks.tsx'

const LogView = lazy(() => import('../log/log.tsx'))
const DeploymentsTab = lazy(() => import('./service-deployments.tsx'))
const EventsTab = lazy(() => import('./service-events.tsx'))
const ConfigurationTab = lazy(() => import('./service-configuration.tsx'))
const MetricsView = lazy(() => import('../parts/metrics.tsx'))

const labels: Record<ServiceTab, string> = {
  tasks: 'Tasks',
  logs: 'Logs',
  deployments: 'Deployments and releases',
  events: 'Events',
  metrics: 'Metrics',
  configuration: 'Configuration',
}

/** As a ref: on a phone the row of tabs scrolls sideways, to the current one. */
function showTab(tab: HTMLElement | null): void {
  if (tab) tab.parentElement!.scrollLeft = tab.offsetLeft - tab.parentElement!.clientWidth / 4
}

/** The states of a service whose newest deployment has failed or is failing. */
const failedState = /^(failing|failed|roll.*)$/

interface ServicePageProps {
  account: string
  cluster: string
  service: string
  tab: ServiceTab
}

export default function ServicePage(props: ServicePageProps) {
  const { account, cluster, service: name } = props
  const service = useService(account, cluster, name).data
  // The parts of a deleted service no longer exist, so the page stops asking for them.
  return service?.status === 'INACTIVE' ? (
    <DeletedServicePage account={account} service={service} />
  ) : (
    <ExistingServicePage {...props} />
  )
}

function ExistingServicePage({ account, cluster, service: name, tab }: ServicePageProps) {
  const query = useService(account, cluster, name)
  const deploymentsQuery = useDeployments(account, cluster, name)
  const deployments = deploymentsQuery.data ?? []
  const diagnosis = useServiceDiagnosis(account, cluster, name).data
  const tasks = useServiceTasks(account, cluster, name)
  const me = useMe()
  const now = useNow()
  const isNarrow = useIsNarrow()
  const releases = useReleases(account, cluster, name).data
  const { search, changeSearch } = useAddressSearch()
  const actionInAddress = search.get('do') ?? undefined
  const releaseInAddress = Number(search.get('to') ?? Number.NaN)
  const [pressedAction, setPressedAction] = useState<string>()
  const service = query.data
  const newestDeployment = deployments[0]
  const nextStep = useNextStepSentence(newestDeployment)
  const sentence = service && diagnosedSentence(service, deployments, diagnosis, now)
  // After ECS's own rollback the previous release runs again, so there is nothing to roll back.
  const isFailing = unexpectedCauses(diagnosis).length > 0 && newestDeployment?.status !== 'ROLLBACK_SUCCESSFUL'
  const actions = serviceActions({ me, service, newestDeployment, releases, isFailing })
  const settingsAction = actions.find(({ id }) => id === 'settings')!
  // A dialog stays open when its action becomes impossible: the plan in the dialog then shows the reason.
  const openAction =
    pressedAction ??
    actions.find(({ id, disabledReason }) => id === actionInAddress && disabledReason === undefined)?.id
  const failedRelease =
    newestDeployment && failedState.test(sentence?.state ?? '') && deployedRelease(newestDeployment, releases ?? [])
  const tone = sentence && toneOfService(sentence.state)
  // The log and the two wide tables need the whole width. All above them has it on each tab.
  const hasFacts = tab !== 'logs' && tab !== 'deployments'
  return (
    <>
      <ServiceHead
        account={account}
        cluster={cluster}
        name={name}
        state={tone === 'bad' ? 'failing' : tone === 'changing' ? 'changing' : undefined}
        actions={service ? actions : []}
        onPress={({ id }) => setPressedAction(id)}
      />
      {!service && <LoadingOrProblem query={query} subject={name} list={['All services', paths.services(account)]} />}
      {service && sentence && (
        <>
          <div>
            <StatusSentence
              tone={toneOfService(sentence.state)}
              text={sentence.text}
              detail={detailBelowStatus(diagnosis, sentence.detail, nextStep)}
            />
          </div>
          <Causes diagnosis={diagnosis} isFailureStated={/^roll/.test(sentence.state)} isFolded={tab !== 'tasks'}>
            {failedRelease && (
              <FailedRelease
                account={account}
                cluster={cluster}
                service={name}
                release={failedRelease}
                releases={releases ?? []}
              />
            )}
          </Causes>
          <TasksByRevision
            account={account}
            service={service}
            tasks={tasks.data ?? []}
            newestDeployment={newestDeployment}
            isSteady={sentence.state === 'steady'}
          />
          <nav className="tabs" aria-label="Parts of the service">
            {serviceTabs.map((each) => (
              <Link
                key={each}
                ref={each === tab && isNarrow ? showTab : undefined}
                href={paths.serviceTab(account, cluster, name, each)}
                aria-current={each === tab ? 'page' : undefined}
                data-key={each === 'logs' ? 'l' : undefined}
              >
                {labels[each]}
                {each === 'tasks' && tasks.data
                  ? ` ${tasks.data.filter(({ lastStatus }) => lastStatus !== 'STOPPED').length}`
                  : ''}
              </Link>
            ))}
          </nav>
          <div className={hasFacts ? 'beside' : undefined}>
            <Suspense fallback={<p className="muted">Loading.</p>}>
              {tab === 'tasks' && <TasksTab account={account} tasks={tasks} newestDeployment={newestDeployment} />}
              {tab === 'logs' && (
                <LogView
                  account={account}
                  owner={{ kind: 'service', cluster, name }}
                  tasks={tasks.data ?? []}
                  runningRevision={service.taskDefinition}
                />
              )}
              {tab === 'deployments' && (
                <DeploymentsTab account={account} service={service} deployments={deploymentsQuery} />
              )}
              {tab === 'events' && <EventsTab account={account} cluster={cluster} name={name} />}
              {tab === 'metrics' && <MetricsView account={account} owner={{ kind: 'service', cluster, name }} />}
              {tab === 'configuration' && (
                <ConfigurationTab
                  account={account}
                  service={service}
                  settingsAction={settingsAction}
                  onChange={() => setPressedAction('settings')}
                />
              )}
            </Suspense>
            {hasFacts && (
              <ServiceNow
                account={account}
                service={service}
                tasks={tasks.data ?? []}
                releases={releases}
                newestDeployment={newestDeployment}
              />
            )}
          </div>
          {tab !== 'logs' && (
            <Commands
              cli={`ecs-api status ${shellWord(`${account}/${cluster}/${name}`)}`}
              curl={curlCommand('GET', servicePath(account, cluster, name))}
            />
          )}
          {openAction && (
            <ServiceDialog
              action={openAction}
              account={account}
              service={service}
              newestDeployment={newestDeployment}
              {...(pressedAction === undefined &&
                Number.isInteger(releaseInAddress) && { initialRelease: releaseInAddress })}
              onClose={() => {
                setPressedAction(undefined)
                if (actionInAddress) changeSearch({ do: '', to: '' })
              }}
            />
          )}
        </>
      )}
    </>
  )
}
