/** The services of an account or of a cluster: selected ones are changed together. */
import type { Service } from '@ecs-api/client'
import { lazy, type ReactNode } from 'react'
import { Link } from 'wouter'
import { actionsOnSeveral, listedServiceActions } from '../actions.ts'
import { useMe } from '../live/queries.ts'
import { useSelection } from '../live/selection.ts'
import { DefinitionLink } from '../parts/definition-link.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { SentenceStatus, toneOfService } from '../parts/status.tsx'
import { Ago, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { useListedSentence } from './listed-status.ts'
import { SelectionBar } from './selection-bar.tsx'
import { Table } from './table.tsx'

const ServicesDialog = lazy(() => import('../dialogs/services-dialog.tsx'))

const keyOf = ({ arn }: Service) => arn
const fullNameOf = ({ cluster, name }: Service) => `${cluster}/${name}`

export function ServiceTable({
  account,
  listName,
  services,
  allServices,
  showsCluster = false,
  emptyText,
}: {
  account: string
  /** The name of the list, for the results of its changes. */
  listName: string
  /** The services that the filter shows. */
  services: readonly Service[]
  /** All of them, also those that the filter hides. */
  allServices: readonly Service[] | undefined
  showsCluster?: boolean
  emptyText: ReactNode
}) {
  const me = useMe()
  const selection = useSelection(allServices, keyOf)
  const sentenceOf = useListedSentence(account)
  const toneOf = (service: Service) => toneOfService(sentenceOf(service).state)
  const now = useNow()
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
                <PrintableText text={showsCluster ? fullNameOf(service) : service.name} />
              </Link>
            ),
          },
          {
            title: 'Status',
            hasOwnLineOnPhone: true,
            sortBy: toneOf,
            cell: (service) => <SentenceStatus sentence={sentenceOf(service, now)} />,
          },
          {
            title: 'Running',
            sortBy: ({ runningCount }) => runningCount,
            cell: ({ runningCount, desiredCount }) => `${runningCount}/${desiredCount}`,
          },
          {
            title: 'Task definition',
            sortBy: ({ taskDefinition }) => taskDefinition ?? '',
            cell: ({ taskDefinition }) => <DefinitionLink account={account} name={taskDefinition} />,
          },
          {
            title: 'Changed',
            sortBy: ({ deployments }) => deployments[0]?.createdAt ?? '',
            cell: ({ deployments }) => <Ago at={deployments[0]?.createdAt} />,
          },
          {
            title: 'Actions',
            cell: (service) => {
              const { cluster, name } = service
              const ofService = (
                <span className="visually-hidden">
                  {' '}
                  of <PrintableText text={name} />
                </span>
              )
              return (
                <span className="row">
                  {toneOf(service) === 'bad' && (
                    <Link data-key="w" href={paths.service(account, cluster, name)}>
                      Why{ofService}
                    </Link>
                  )}
                  <Link data-key="l" href={paths.serviceTab(account, cluster, name, 'logs')}>
                    Logs{ofService}
                  </Link>
                </span>
              )
            },
          },
        ]}
      />
      <SelectionBar
        listName={listName}
        nouns={['service', 'services']}
        selection={selection}
        shownItems={services}
        actions={actionsOnSeveral(
          selection.items.map((service) => listedServiceActions(me, service)),
          ['restart', 'stop-deployment', 'tags', 'delete'],
        )}
        dialogOf={(action, items, onClose) => (
          <ServicesDialog action={action} account={account} services={items} listName={listName} onClose={onClose} />
        )}
      />
    </>
  )
}
