/** The page of an account's services and their states. */
import type { Service } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import { lazy, useMemo } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { actionsOnSeveral, changeNotPermittedReason, listedServiceActions } from '../actions.ts'
import { gatewayNow } from '../live/clock.ts'
import { useMe, useServices } from '../live/queries.ts'
import { useSelection } from '../live/selection.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ChoiceButtons } from '../parts/choice-buttons.tsx'
import { Commands, curlCommand, shellWord } from '../parts/copy.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { FilterField } from '../parts/filter-field.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { SelectionBar } from '../parts/selection-bar.tsx'
import { ServiceStatus, toneOfService } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

const ServicesDialog = lazy(() => import('../parts/services-dialog.tsx'))

const filters = [
  ['all', 'All'],
  ['bad', 'Failing'],
  ['changing', 'Changing'],
  ['ok', 'Steady'],
] as const

/** The page does not read deployments. The sentence then uses the member `deployments` of the service. */
const noDeployments = [] as const

const keyOf = ({ arn }: Service) => arn

export function ServicesPage({ account }: { account: string }) {
  const services = useServices(account)
  const me = useMe()
  const selection = useSelection(services.data, keyOf)
  const list = `${account} services`
  const [, navigate] = useLocation()
  const search = new URLSearchParams(useSearch())
  // The filter is in the address, so that a link without one shows all services.
  const text = search.get('filter') ?? ''
  const tone = search.get('is') ?? 'all'
  const rows = useMemo(
    () =>
      (services.data ?? []).map((service) => ({
        service,
        tone: toneOfService(serviceSentence(service, noDeployments, gatewayNow()).state),
        text: `${service.cluster}/${service.name} ${service.taskDefinition ?? ''} ${Object.entries(service.tags ?? {})
          .map((pair) => pair.join('='))
          .join(' ')}`.toLowerCase(),
      })),
    [services.data],
  )
  const filterText = text.trim().toLowerCase()
  const shown = rows.filter((row) => (tone === 'all' || row.tone === tone) && row.text.includes(filterText))
  const setSearch = (change: { filter?: string; is?: string }) => {
    const { filter = text, is = tone } = change
    const next = new URLSearchParams(search)
    next.delete('filter')
    next.delete('is')
    if (filter !== '') next.set('filter', filter)
    if (is !== 'all') next.set('is', is)
    navigate(`${paths.services(account)}${next.size > 0 ? `?${next}` : ''}`, { replace: true })
  }
  return (
    <>
      <PageHead crumbs={[[account, paths.services(account)]]} title="Services">
        <ActionButton
          action={{
            id: 'create',
            label: 'Create a service…',
            disabledReason: changeNotPermittedReason(me),
            isPrimary: true,
          }}
          onPress={() => navigate(paths.newService(account))}
        />
      </PageHead>
      <div className="row">
        <FilterField
          label="Filter by name, cluster, task definition or tag"
          placeholder="Name, cluster, task definition, tag"
          text={text}
          onType={(filter) => setSearch({ filter })}
        />
        <ChoiceButtons
          choices={filters.map(([value, label]) => [
            value,
            label,
            rows.filter((row) => value === 'all' || row.tone === value).length,
          ])}
          chosen={tone}
          onChoose={(value) => setSearch({ is: value })}
        />
      </div>
      <LoadingOrProblem query={services} subject="the services" />
      {services.data && (
        <Table
          label="Services"
          rows={shown}
          keyOf={({ service }) => keyOf(service)}
          selection={{ ...selection, nameOf: ({ service }) => `${service.cluster}/${service.name}` }}
          emptyText={
            rows.length === 0 ? (
              <>
                There are no services in {account}. <Link href={paths.newService(account)}>Create one</Link>
              </>
            ) : (
              <>
                No service matches.{' '}
                <button type="button" className="plain" onClick={() => setSearch({ filter: '', is: 'all' })}>
                  Show all
                </button>
              </>
            )
          }
          columns={[
            {
              title: 'Service',
              sortBy: ({ service }) => `${service.cluster}/${service.name}`,
              cell: ({ service }) => (
                <Link href={paths.service(account, service.cluster, service.name)}>
                  <ExternalText text={`${service.cluster}/${service.name}`} />
                </Link>
              ),
            },
            {
              title: 'Status',
              hasOwnLine: true,
              sortBy: (row) => row.tone,
              cell: ({ service }) => <ServiceStatus service={service} />,
            },
            {
              title: 'Running',
              sortBy: ({ service }) => service.runningCount,
              cell: ({ service }) => `${service.runningCount}/${service.desiredCount}`,
            },
            {
              title: 'Task definition',
              sortBy: ({ service }) => service.taskDefinition ?? '',
              cell: ({ service }) => (
                <code>
                  <ExternalText text={service.taskDefinition} />
                </code>
              ),
            },
            {
              title: 'Changed',
              sortBy: ({ service }) => service.deployments[0]?.createdAt ?? '',
              cell: ({ service }) => <Ago at={service.deployments[0]?.createdAt} />,
            },
            {
              title: 'Do',
              cell: ({ service }) => (
                <Link data-key="l" href={paths.serviceTab(account, service.cluster, service.name, 'logs')}>
                  Logs
                  <span className="visually-hidden">
                    {' '}
                    of <ExternalText text={service.name} />
                  </span>
                </Link>
              ),
            },
          ]}
        />
      )}
      <SelectionBar
        list={list}
        nouns={['service', 'services']}
        selection={selection}
        shownItems={shown.map(({ service }) => service)}
        actions={actionsOnSeveral(
          selection.items.map((service) => listedServiceActions(me, service)),
          ['restart', 'stop-deployment', 'tags'],
        )}
        dialogOf={(action, items, onClose) => (
          <ServicesDialog action={action} account={account} services={items} list={list} onClose={onClose} />
        )}
      />
      <Commands
        cli={`ecs-api services list --account ${shellWord(account)}`}
        curl={curlCommand('GET', `/v1/ecs/${account}/services`)}
      />
    </>
  )
}
