/** One service: what it is doing, why, and which button helps. */
import { serviceSentence } from '@ecs-api/client/words'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { serviceActions, servicePath } from '../actions.ts'
import {
  useDeployments,
  useMe,
  useReleases,
  useService,
  useServiceDiagnosis,
  useServiceTasks,
  useTaskDefinition,
} from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands, curlOf, quoted } from '../parts/copy.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Facts } from '../parts/facts.tsx'
import { ImageName, nameOfImage } from '../parts/image-name.tsx'
import { Lanes } from '../parts/lanes.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { Sentence } from '../parts/sentence.tsx'
import { ServiceDialog } from '../parts/service-dialog.tsx'
import { toneOfService } from '../parts/status.tsx'
import { taskSize } from '../parts/task-size.ts'
import { Ago, useNow } from '../parts/time.tsx'
import { detailOf, problemsIn, Why } from '../parts/why.tsx'
import { paths, type ServiceTab, serviceTabs } from '../paths.ts'
import { DeploymentsTab } from './service-deployments.tsx'
import { EventsTab } from './service-events.tsx'
import { SettingsTab } from './service-settings.tsx'
import { TaskTable } from './task-table.tsx'

const LogView = lazy(() => import('../parts/log.tsx'))
const MetricsTab = lazy(() => import('./service-metrics.tsx'))

const labels: Record<ServiceTab, string> = {
  tasks: 'Tasks',
  logs: 'Logs',
  deployments: 'Deployments and releases',
  events: 'Events',
  metrics: 'Metrics',
  settings: 'Settings',
}

export function ServicePage({
  account,
  cluster,
  service: name,
  tab,
}: {
  account: string
  cluster: string
  service: string
  tab: ServiceTab
}) {
  const query = useService(account, cluster, name)
  const deploymentsQuery = useDeployments(account, cluster, name)
  const deployments = deploymentsQuery.data ?? []
  const diagnosis = useServiceDiagnosis(account, cluster, name).data
  const tasks = useServiceTasks(account, cluster, name)
  const me = useMe()
  const definition = useTaskDefinition(account, query.data?.taskDefinition ?? '').data
  const now = useNow()
  const releases = useReleases(account, cluster, name).data
  const [path, navigate] = useLocation()
  const search = new URLSearchParams(useSearch())
  const wanted = search.get('do') ?? undefined
  const givenRelease = Number(search.get('to') ?? Number.NaN)
  const current = releases?.find(({ isCurrent }) => isCurrent)
  const [pressed, setAction] = useState<string>()
  const service = query.data
  const newest = deployments[0]
  const said = service && serviceSentence(service, deployments, now)
  // After ECS's own rollback the release that ran is back.
  const isFailing = problemsIn(diagnosis).length > 0 && newest?.status !== 'ROLLBACK_SUCCESSFUL'
  const actions = serviceActions(me, service, newest, isFailing, releases)
  const change = actions.find(({ id }) => id === 'settings')!
  // A dialog that is open stays when its action becomes impossible: its plan says so.
  const action = pressed ?? actions.find(({ id, disabled }) => id === wanted && disabled === undefined)?.id
  const breaker = service?.deploymentConfiguration?.deploymentCircuitBreaker
  const settings = paths.serviceAction(account, cluster, name, 'settings')
  const tone = said && toneOfService(said.state)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          ['Services', paths.services(account)],
        ]}
        title={name}
        tabTitle={`${name}, ${cluster}${tone === 'bad' ? ': failing' : tone === 'changing' ? ': changing' : ''}`}
      >
        {service &&
          actions.map((each) => <ActionButton key={each.id} action={each} onPress={() => setAction(each.id)} />)}
      </PageHead>
      {!service && <LoadingOrProblem query={query} what={name} />}
      {service && said && (
        <>
          <div>
            <Sentence tone={toneOfService(said.state)} text={said.text} detail={detailOf(diagnosis, said.detail)} />
          </div>
          <Why diagnosis={diagnosis} isRolledBack={/^roll/.test(said.state)} />
          <Lanes account={account} service={service} tasks={tasks.data ?? []} newest={newest} />
          <nav className="tabs" aria-label="Parts of the service">
            {serviceTabs.map((each) => (
              <Link
                key={each}
                href={paths.serviceTab(account, cluster, name, each)}
                aria-current={each === tab ? 'page' : undefined}
                data-key={each === 'logs' ? 'l' : undefined}
              >
                {labels[each]}
                {each === 'tasks' && tasks.data ? ` ${tasks.data.length}` : ''}
              </Link>
            ))}
          </nav>
          <div className={tab === 'logs' ? undefined : 'beside'}>
            <Suspense fallback={<p className="muted">Loading.</p>}>
              {tab === 'tasks' && <TaskTable account={account} tasks={tasks.data} query={tasks} />}
              {tab === 'logs' && (
                <LogView account={account} of={{ kind: 'service', cluster, name }} revision={service.taskDefinition} />
              )}
              {tab === 'deployments' && (
                <DeploymentsTab account={account} service={service} deployments={deploymentsQuery} />
              )}
              {tab === 'events' && <EventsTab account={account} cluster={cluster} name={name} />}
              {tab === 'metrics' && <MetricsTab account={account} cluster={cluster} name={name} />}
              {tab === 'settings' && (
                <SettingsTab service={service} change={change} onChange={() => setAction('settings')} />
              )}
            </Suspense>
            {tab !== 'logs' && (
              <Facts
                title="Now"
                facts={[
                  ['Desired', `${service.desiredCount} ${service.desiredCount === 1 ? 'task' : 'tasks'}`],
                  ['Running', String(service.runningCount)],
                  ['Starting', service.pendingCount > 0 ? String(service.pendingCount) : undefined],
                  [
                    'Task definition',
                    service.taskDefinition && (
                      <Link href={paths.taskDefinition(account, service.taskDefinition)}>
                        <ExternalText text={service.taskDefinition} />
                      </Link>
                    ),
                  ],
                  [
                    'Release',
                    current &&
                      `${current.release}${current.restoredFrom === null ? '' : `, restores release ${current.restoredFrom}`}`,
                  ],
                  ['Size', definition && taskSize(definition)],
                  ...(definition?.containerDefinitions ?? []).map(({ name: container, image }): [string, ReactNode] => [
                    `Image of ${container}`,
                    <ImageName
                      key={container}
                      image={
                        current && current.taskDefinition === service.taskDefinition
                          ? nameOfImage(current, container, releases ?? [])
                          : image
                      }
                      pinned={image}
                    />,
                  ]),
                  ['Platform', service.platformVersion && <ExternalText text={service.platformVersion} />],
                  [
                    'Circuit breaker',
                    <Link key="breaker" href={settings}>
                      {breaker?.enable ? (breaker.rollback ? 'on, rolls back' : 'on') : 'off'}
                    </Link>,
                  ],
                  [
                    'Terminal',
                    <Link key="terminal" href={settings}>
                      {service.enableExecuteCommand ? 'on' : 'off'}
                    </Link>,
                  ],
                  ['Last deployment', <Ago key="last" at={newest?.createdAt ?? service.deployments[0]?.createdAt} />],
                  ['Created', <Ago key="created" at={service.createdAt} />],
                ]}
              />
            )}
          </div>
          {tab !== 'logs' && (
            <Commands
              cli={`ecs-api status ${quoted(`${account}/${cluster}/${name}`)}`}
              curl={curlOf('GET', servicePath(account, cluster, name))}
            />
          )}
          {action && (
            <ServiceDialog
              action={action}
              account={account}
              service={service}
              newest={newest}
              {...(pressed === undefined && Number.isInteger(givenRelease) && { release: givenRelease })}
              onClose={() => {
                setAction(undefined)
                if (wanted) navigate(path, { replace: true })
              }}
            />
          )}
        </>
      )}
    </>
  )
}
