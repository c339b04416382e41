/** The page of an account's services and their states. */
import { useMemo } from 'react'
import { Link, useLocation } from 'wouter'
import { createServiceAction } from '../actions.ts'
import { ChoiceButtons } from '../lists/choice-buttons.tsx'
import { FilterField } from '../lists/filter-field.tsx'
import { useListedSentence } from '../lists/listed-status.ts'
import { ServiceTable } from '../lists/service-table.tsx'
import { useAddressSearch } from '../live/address-search.ts'
import { useMe, useServices } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { toneOfService } from '../parts/status.tsx'
import { paths } from '../paths.ts'

const filters = [
  ['all', 'All'],
  ['bad', 'Failing'],
  ['changing', 'Changing'],
  ['ok', 'Steady'],
] as const

export default function ServicesPage({ account }: { account: string }) {
  const services = useServices(account)
  const sentenceOf = useListedSentence(account)
  const me = useMe()
  const [, navigate] = useLocation()
  const { search, changeSearch } = useAddressSearch()
  const text = search.get('filter') ?? ''
  const tone = search.get('is') ?? 'all'
  const rows = useMemo(
    () =>
      (services.data ?? []).map((service) => ({
        service,
        tone: toneOfService(sentenceOf(service).state),
        text: `${service.cluster}/${service.name} ${service.taskDefinition ?? ''} ${Object.entries(service.tags ?? {})
          .map((pair) => pair.join('='))
          .join(' ')}`.toLowerCase(),
      })),
    [services.data, sentenceOf],
  )
  const filterText = text.trim().toLowerCase()
  const shown = rows
    .filter((row) => (tone === 'all' || row.tone === tone) && row.text.includes(filterText))
    .map(({ service }) => service)
  return (
    <>
      <PageHead crumbs={[[account, paths.services(account)]]} title="Services">
        <ActionButton action={createServiceAction(me)} onPress={() => navigate(paths.newService(account))} />
      </PageHead>
      <div className="row">
        <FilterField
          label="Filter by name, cluster, task definition or tag"
          placeholder="Name, cluster, task definition, tag"
          text={text}
          onType={(filter) => changeSearch({ filter })}
        />
        <ChoiceButtons
          choices={filters.map(([value, label]) => [
            value,
            label,
            rows.filter((row) => value === 'all' || row.tone === value).length,
          ])}
          chosen={tone}
          onChoose={(value) => changeSearch({ is: value === 'all' ? '' : value })}
        />
      </div>
      <LoadingOrProblem query={services} subject="the services" />
      {services.data && (
        <ServiceTable
          account={account}
          listName={`${account} services`}
          services={shown}
          allServices={services.data}
          showsCluster
          emptyText={
            rows.length === 0 ? (
              <>
                There are no services in {account}. <Link href={paths.newService(account)}>Create one</Link>
              </>
            ) : (
              <>
                No service matches.{' '}
                <button type="button" className="plain" onClick={() => changeSearch({ filter: '', is: '' })}>
                  Show all
                </button>
              </>
            )
          }
        />
      )}
      <Commands
        cli={`ecs-api services list --account ${shellWord(account)}`}
        curl={curlCommand('GET', `/v1/ecs/${account}/services`)}
      />
    </>
  )
}
