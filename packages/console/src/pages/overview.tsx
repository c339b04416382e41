/** The unhealthy services of all accounts, most urgent first, and the last changes. */
import { type Account, NoResponse } from '@ecs-api/client'
import { useQueries } from '@tanstack/react-query'
import { Link } from 'wouter'
import { diagnosisQuery, serviceDiagnosisQuery, servicesQuery, useAccounts, useAudit, useMe } from '../live/queries.ts'
import { ChangeSentence, isDryRun, Result } from '../parts/change-sentence.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { Status, type Tone } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, useNow, withDurations } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { FirstSteps } from './first-steps.tsx'

/** Each costs calls to AWS. */
const maxWithTasks = 5
const tones: Record<string, Tone> = { failing: 'bad', degraded: 'bad', waiting: 'waiting', unknown: 'waiting' }

export function OverviewPage() {
  const now = useNow()
  const accounts = useAccounts()
  const names = (accounts.data ?? []).map(({ name }) => name)
  const diagnoses = useQueries({ queries: names.map(diagnosisQuery) })
  const services = useQueries({ queries: names.map(servicesQuery) })
  const isLoaded = names.length > 0 && services.every(({ data }) => data !== undefined)
  const total = services.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)
  const unhealthy = diagnoses.flatMap(({ data }, i) =>
    (data?.services ?? []).map((each) => ({ account: names[i]!, ...each })),
  )
  // The others have what their events say.
  const own = useQueries({
    queries: unhealthy
      .slice(0, maxWithTasks)
      .map(({ account, cluster, service }) => serviceDiagnosisQuery(account, cluster, service, 60_000)),
  })
  const rows = unhealthy.map((each, i) => ({ ...each, summary: own[i]?.data?.summary ?? each.summary }))
  const heading = !isLoaded
    ? 'Overview'
    : unhealthy.length > 0
      ? `${unhealthy.length} of ${total} services ${unhealthy.length === 1 ? 'needs' : 'need'} attention`
      : total === 0
        ? 'No services yet'
        : total === 1
          ? 'The one service is steady'
          : `All ${total} services are steady`
  return (
    <>
      <PageHead title={heading} tabTitle="Overview" />
      <LoadingOrProblem query={accounts} what="the accounts" />
      {(accounts.data ?? [])
        .filter(({ reachable }) => !reachable)
        .map((account) => (
          <Unreachable key={account.name} account={account} />
        ))}
      {diagnoses.map(
        ({ error }, i) =>
          error && !(error instanceof NoResponse) && <Problem key={names[i]} error={error} title={names[i]!} />,
      )}
      {isLoaded && total === 0 && <FirstSteps account={names[0]!} />}
      {unhealthy.length > 0 && (
        <Table
          label="Services that need attention"
          rows={rows}
          keyOf={({ account, cluster, service }) => `${account}/${cluster}/${service}`}
          empty=""
          columns={[
            {
              title: 'Service',
              cell: ({ account, cluster, service }) => (
                <Link href={paths.service(account, cluster, service)}>
                  <ExternalText
                    text={names.length > 1 ? `${account}/${cluster}/${service}` : `${cluster}/${service}`}
                  />
                </Link>
              ),
            },
            {
              title: 'Status',
              wide: true,
              cell: ({ status, summary }) => (
                <Status tone={tones[status] ?? 'waiting'} text={withDurations(summary, now)} />
              ),
            },
            {
              title: 'Do',
              cell: ({ account, cluster, service }) => (
                <span className="row">
                  <Link data-key="w" href={paths.service(account, cluster, service)}>
                    Why
                    <span className="visually-hidden">
                      {' '}
                      of <ExternalText text={service} />
                    </span>
                  </Link>
                  <Link data-key="l" href={paths.serviceTab(account, cluster, service, 'logs')}>
                    Logs
                    <span className="visually-hidden">
                      {' '}
                      of <ExternalText text={service} />
                    </span>
                  </Link>
                </span>
              ),
            },
          ]}
        />
      )}
      <LastChanges />
    </>
  )
}

function Unreachable({ account }: { account: Account }) {
  return (
    <p className="panel why">
      The account <ExternalText text={account.name} /> does not respond. <ExternalText text={account.reason} />
    </p>
  )
}

/** The last changes that anybody made, for admins. */
function LastChanges() {
  const me = useMe()
  const audit = useAudit(me?.role === 'admin', 200)
  const changes = (audit.data ?? [])
    // Signing in changes nothing, and a plan neither.
    .filter((entry) => !entry.path.startsWith('/session') && !isDryRun(entry))
    .slice(0, 10)
  if (changes.length === 0) return null
  return (
    <section className="stack">
      <h2>Last changes</h2>
      <Table
        label="Last changes"
        rows={changes}
        keyOf={({ id }) => id}
        empty=""
        columns={[
          { title: 'When', cell: ({ at }) => <Ago at={at} /> },
          { title: 'Who', cell: ({ caller }) => <ExternalText text={caller} /> },
          { title: 'What', wide: true, cell: (entry) => <ChangeSentence entry={entry} /> },
          { title: 'Result', cell: (entry) => <Result entry={entry} /> },
          {
            title: 'Do',
            cell: ({ id }) => <Link href={`${paths.audit}?entry=${encodeURIComponent(id)}`}>Request</Link>,
          },
        ]}
      />
    </section>
  )
}
