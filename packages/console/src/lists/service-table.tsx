/** The services of an account or of a cluster: selected ones are changed together. */
import type { Service } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import { lazy, type ReactNode } from 'react'
import { Link } from 'wouter'
import { actionsOnSeveral, listedServiceActions } from '../actions.ts'
import { gatewayNow } from '../live/clock.ts'
import { useMe } from '../live/queries.ts'
import { useSelection } from '../live/selection.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { ServiceStatus, toneOfService } from '../parts/status.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { SelectionBar } from './selection-bar.tsx'
import { Table } from './table.tsx'

const ServicesDialog = lazy(() => import('../dialogs/services-dialog.tsx'))

/** A list reads no deployments. The sentence then uses the member `deployments` of the service. */
const noDeployments = [] as const

export const listedTone = (service: Service) =>
  toneOfService(serviceSentence(service, noDeployments, gatewayNow()).state)

const keyOf = ({ arn }: Service) => arn
const fullNameOf = ({ cluster, name }: Service) => `${cluster}/${name}`

export function ServiceTable({
  account,
  list,
  services,
  allServices,
  showsCluster = false,
  emptyText,
}: {
  account: string
  /** The name of the list, for the results of its changes. */
  list: string
  /** The services that the filter shows. */
  services: readonly Service[]
  /** All of them, also those that the filter hides. */
  allServices: readonly Service[] | undefined
  showsCluster?: boolean
  emptyText: ReactNode
}) {
  const me = useMe()
  const selection = useSelection(allServices, keyOf)
  return (
    <>
      <Table
        label="Services"
        rows={services}
        keyOf={keyOf}
        selection={{ ...selection, nameOf: fullNameOf }}
        emptyText={emptyText}
        columns={[
          {
            title: 'Service',
            sortBy: fullNameOf,
            cell: (service) => (
              <Link href={paths.service(account, service.cluster, service.name)}>
                <ExternalText text={showsCluster ? fullNameOf(service) : service.name} />
              </Link>
            ),
          },
          {
            title: 'Status',
            hasOwnLine: true,
            sortBy: listedTone,
            cell: (service) => <ServiceStatus service={service} />,
          },
          {
            title: 'Running',
            sortBy: ({ runningCount }) => runningCount,
            cell: ({ runningCount, desiredCount }) => `${runningCount}/${desiredCount}`,
          },
          {
            title: 'Task definition',
            sortBy: ({ taskDefinition }) => taskDefinition ?? '',
            cell: ({ taskDefinition }) => (
              <code>
                <ExternalText text={taskDefinition} />
              </code>
            ),
          },
          {
            title: 'Changed',
            sortBy: ({ deployments }) => deployments[0]?.createdAt ?? '',
            cell: ({ deployments }) => <Ago at={deployments[0]?.createdAt} />,
          },
          {
            title: 'Do',
            cell: ({ cluster, name }) => (
              <Link data-key="l" href={paths.serviceTab(account, cluster, name, 'logs')}>
                Logs
                <span className="visually-hidden">
                  {' '}
                  of <ExternalText text={name} />
                </span>
              </Link>
            ),
          },
        ]}
      />
      <SelectionBar
        list={list}
        nouns={['service', 'services']}
        selection={selection}
        shownItems={services}
        actions={actionsOnSeveral(
          selection.items.map((service) => listedServiceActions(me, service)),
          ['restart', 'stop-deployment', 'tags', 'delete'],
        )}
        dialogOf={(action, items, onClose) => (
          <ServicesDialog action={action} account={account} services={items} list={list} onClose={onClose} />
        )}
      />
    </>
  )
}
