import { lazy, Suspense, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { apiPath, changeNotPermittedReason, createServiceAction } from '../actions.ts'
import { Facts } from '../facts/facts.tsx'
import { memberLabel, wordOf } from '../facts/words.ts'
import { ListEnd } from '../lists/list-end.tsx'
import { ServiceTable } from '../lists/service-table.tsx'
import { Table } from '../lists/table.tsx'
import { useCluster, useClusterEvents, useMe, useServices } from '../live/queries.ts'
import { useStoppingCount } from '../live/task-lists.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { EventMessage } from '../parts/event-message.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { ClusterStatus } from '../parts/status.tsx'
import { DayAndTime } from '../parts/time.tsx'
import { paths } from '../paths.ts'

const DeleteClusterDialog = lazy(() => import('../dialogs/delete-cluster-dialog.tsx'))

export function ClusterPage({ account, cluster: name }: { account: string; cluster: string }) {
  const query = useCluster(account, name)
  const services = useServices(account).data?.filter(({ cluster }) => cluster === name)
  const events = useClusterEvents(account, name)
  const me = useMe()
  const [, navigate] = useLocation()
  const [isDeleting, setDeleting] = useState(false)
  const cluster = query.data
  const isKnown = cluster !== undefined || query.error === null
  const countedTasks = cluster && cluster.runningTasksCount + cluster.pendingTasksCount
  const stoppingCount = useStoppingCount(account, name, countedTasks)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Clusters', paths.clusters(account)],
        ]}
        kind="Cluster"
        title={name}
      >
        {isKnown && (
          <>
            <Link className="button" href={paths.tasks(account, { cluster: name })}>
              Tasks
            </Link>
            <ActionButton
              action={createServiceAction(me)}
              onPress={() => navigate(paths.newService(account, { cluster: name }))}
            />
            <ActionButton
              action={{
                id: 'delete',
                label: 'Delete…',
                disabledReason: changeNotPermittedReason(me),
                isDangerous: true,
              }}
              onPress={() => setDeleting(true)}
            />
          </>
        )}
      </PageHead>
      {!cluster && <LoadingOrProblem query={query} subject={name} list={['All clusters', paths.clusters(account)]} />}
      {cluster && (
        <div className="beside">
          <div className="stack">
            <h2>Services</h2>
            {services && (
              <ServiceTable
                account={account}
                listName={`${account}/${name} services`}
                services={services}
                allServices={services}
                emptyText={
                  <>
                    There are no services in {name}.{' '}
                    <Link href={paths.newService(account, { cluster: name })}>Create one</Link>
                  </>
                }
              />
            )}
            <h2>Events of all services</h2>
            <LoadingOrProblem query={events} subject="the events" />
            {events.data && (
              <Table
                label="Events"
                rows={events.data}
                keyOf={({ id, service }) => service + id}
                emptyText="ECS has reported no event yet."
                columns={[
                  { title: 'When', cell: ({ createdAt }) => <DayAndTime at={createdAt} /> },
                  { title: 'Service', cell: ({ service }) => <PrintableText text={service} /> },
                  {
                    title: 'Message',
                    hasOwnLineOnPhone: true,
                    cell: ({ message }) => <EventMessage account={account} cluster={name} message={message} />,
                  },
                ]}
              />
            )}
            <ListEnd list={events} noun="events" />
          </div>
          <Facts
            title="Now"
            groups={[
              [
                ['Status', <ClusterStatus key="status" status={cluster.status} />],
                ['Services', String(cluster.activeServicesCount)],
                ['Running tasks', String(cluster.runningTasksCount)],
                ['Starting tasks', String(cluster.pendingTasksCount)],
                ...(stoppingCount ? [['Stopping tasks', String(stoppingCount)] as [string, string]] : []),
                ...Object.entries(cluster.settings ?? {}).map(([setting, value]): [string, string] => [
                  memberLabel(setting),
                  wordOf(String(value).toUpperCase()),
                ]),
              ],
            ]}
          />
        </div>
      )}
      <Commands
        cli={`ecs-api clusters get ${shellWord(`${account}/${name}`)}`}
        curl={curlCommand('GET', apiPath(account, 'clusters', name))}
      />
      {isDeleting && services && (
        <Suspense fallback={null}>
          <DeleteClusterDialog
            account={account}
            cluster={name}
            services={services.filter(({ status }) => status === 'ACTIVE')}
            onClose={() => setDeleting(false)}
            onDone={() => navigate(paths.clusters(account))}
          />
        </Suspense>
      )}
    </>
  )
}
