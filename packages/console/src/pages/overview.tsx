/** The page of the unhealthy services of all accounts, most urgent first. Admins also see the last changes. */
import { type Account, type Me, NoResponse, type Release, type Service, type ServiceDeployment } from '@ecs-api/client'
import { diagnosedSentence, isPaused, serviceSentence } from '@ecs-api/client/words'
import { useQueries } from '@tanstack/react-query'
import { type ComponentProps, lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { type Action, serviceActions } from '../actions.ts'
import { ServiceDialog } from '../dialogs/service-dialog.tsx'
import { Table } from '../lists/table.tsx'
import { useHadNoService } from '../live/had-service.ts'
import { currentDeploymentQuery, newestReleasesQuery } from '../live/newest-deployments.ts'
import {
  diagnosisQuery,
  maxServicesReadAlone,
  serviceDiagnosisQuery,
  servicesQuery,
  useAccounts,
  useMe,
} from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { SentenceStatus, Status, toneOfDiagnosis } from '../parts/status.tsx'
import { Ago, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'

const FirstSteps = lazy(() => import('./first-steps.tsx'))
const LastChanges = lazy(() => import('./last-changes.tsx'))

export function OverviewPage() {
  const now = useNow()
  const me = useMe()
  const [opened, setOpened] = useState<Omit<ComponentProps<typeof ServiceDialog>, 'onClose'>>()
  const accounts = useAccounts()
  const names = (accounts.data ?? []).map(({ name }) => name)
  const diagnoses = useQueries({ queries: names.map(diagnosisQuery) })
  const services = useQueries({ queries: names.map(servicesQuery) })
  const isLoaded = names.length > 0 && services.every(({ data }) => data !== undefined)
  const total = services.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)
  const unhealthy = diagnoses.flatMap(({ data }, i) =>
    (data?.services ?? [])
      .map((each) => ({
        ...each,
        account: names[i]!,
        listed: services[i]?.data?.find(({ cluster, name }) => cluster === each.cluster && name === each.service),
      }))
      // The diagnosis can still have a service that was deleted since.
      .filter(({ listed }) => listed || !services[i]?.data),
  )
  // The other services keep the causes of the account's diagnosis.
  const serviceDiagnoses = useQueries({
    queries: unhealthy
      .slice(0, maxServicesReadAlone)
      .map(({ account, cluster, service }) => serviceDiagnosisQuery(account, cluster, service, 60_000)),
  })
  // Two releases are enough to know whether there is another one to roll back to.
  const releases = useQueries({
    queries: unhealthy
      .slice(0, maxServicesReadAlone)
      .map(({ account, cluster, service }) => newestReleasesQuery(account, cluster, service, 2)),
  })
  // Only the deployment tells that it waits at a hook.
  const deploying = unhealthy.filter(({ status }) => status === 'progressing').slice(0, maxServicesReadAlone)
  const deployments = useQueries({
    queries: deploying.map(({ account, cluster, service }) => currentDeploymentQuery(account, cluster, service)),
  })
  const rows = unhealthy.map((each, i) => ({
    ...each,
    causes: serviceDiagnoses[i]?.data?.causes ?? each.causes,
    releases: releases[i]?.data,
    deployment: deployments[deploying.indexOf(each)]?.data?.[0],
  }))
  const unhealthyNames = new Set(unhealthy.map(({ account, cluster, service }) => `${account}/${cluster}/${service}`))
  const healthy = services.flatMap(({ data = [] }, i) =>
    data
      .filter(({ cluster, name }) => !unhealthyNames.has(`${names[i]}/${cluster}/${name}`))
      .map((service) => ({ account: names[i]!, service })),
  )
  const isNew = useHadNoService(isLoaded && total === 0 ? names : [])
  // A service in a deployment without a failure is not healthy yet, and needs attention only when it waits at a hook.
  const deployingCount = rows.filter(
    ({ status, deployment }) => status === 'progressing' && !(deployment && isPaused(deployment)),
  ).length
  const drainingCount = healthy.filter(({ service }) => service.status === 'DRAINING').length
  const counts = {
    total,
    changing: deployingCount + drainingCount,
    needingAttention: unhealthy.length - deployingCount,
  }
  const heading = isLoaded ? headingFor(counts, { isNew }) : 'Overview'
  return (
    <>
      <PageHead title={heading} tabTitle="Overview" />
      <LoadingOrProblem query={accounts} subject="the accounts" />
      {(accounts.data ?? [])
        .filter(({ reachable }) => !reachable)
        .map((account) => (
          <Unreachable key={account.name} account={account} />
        ))}
      {diagnoses.map(
        ({ error }, i) =>
          error && !(error instanceof NoResponse) && <Problem key={names[i]} error={error} title={names[i]!} />,
      )}
      <Suspense fallback={null}>
        {isLoaded && total === 0 && <FirstSteps account={names[0]!} isFirst={isNew} />}
      </Suspense>
      {unhealthy.length > 0 && (
        <Table
          label="Services that need attention"
          rows={rows}
          keyOf={({ account, cluster, service }) => `${account}/${cluster}/${service}`}
          emptyText=""
          columns={[
            {
              title: 'Service',
              cell: ({ account, cluster, service }) => (
                <Link href={paths.service(account, cluster, service)}>
                  <PrintableText
                    text={names.length > 1 ? `${account}/${cluster}/${service}` : `${cluster}/${service}`}
                  />
                </Link>
              ),
            },
            {
              title: 'Status',
              hasOwnLineOnPhone: true,
              cell: (row) =>
                row.listed ? (
                  <SentenceStatus
                    sentence={diagnosedSentence(row.listed, row.deployment ? [row.deployment] : [], row, now)}
                  />
                ) : (
                  <Status tone={toneOfDiagnosis(row.status)} text={row.summary} />
                ),
            },
            {
              title: 'Actions',
              cell: ({ account, cluster, service, listed, ...row }) => (
                <span className="row">
                  <Link data-key="w" href={paths.service(account, cluster, service)}>
                    Why
                    <span className="visually-hidden">
                      {' '}
                      of <PrintableText text={service} />
                    </span>
                  </Link>
                  <Link data-key="l" href={paths.serviceTab(account, cluster, service, 'logs')}>
                    Logs
                    <span className="visually-hidden">
                      {' '}
                      of <PrintableText text={service} />
                    </span>
                  </Link>
                  {listed &&
                    urgentActions(me, { ...row, listed }).map((action) => (
                      <ActionButton
                        key={action.id}
                        action={action}
                        ofName={service}
                        onPress={() =>
                          setOpened({ action: action.id, account, service: listed, newestDeployment: row.deployment })
                        }
                      />
                    ))}
                </span>
              ),
            },
          ]}
        />
      )}
      <NewestServices services={healthy} hasAccounts={names.length > 1} hasUnhealthy={unhealthy.length > 0} />
      <Suspense fallback={null}>
        <LastChanges />
      </Suspense>
      {opened && <ServiceDialog {...opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

/** The action that a person may have to take: a rollback, or the answer that a deployment waits for. */
function urgentActions(
  me: Me | undefined,
  row: { listed: Service; status: string; releases?: Release[]; deployment?: ServiceDeployment },
): Action[] {
  const { listed: service, status, releases, deployment } = row
  const id = status !== 'progressing' ? 'rollback' : deployment && isPaused(deployment) && 'continue'
  const options = { me, service, newestDeployment: deployment, releases, isFailing: false }
  return serviceActions(options).filter((action) => action.id === id)
}

function Unreachable({ account }: { account: Account }) {
  return (
    <p className="panel why">
      The account <PrintableText text={account.name} /> does not respond. <PrintableText text={account.reason} />
    </p>
  )
}

const changedAt = ({ deployments }: Service) => deployments[0]?.createdAt ?? ''
const maxNewestServices = 5

/** The services that were deployed last. The list of an account has all its services. */
function NewestServices({
  services,
  hasAccounts,
  hasUnhealthy,
}: {
  services: readonly { account: string; service: Service }[]
  /** Whether there are several accounts, so that the name of a service needs the name of its account. */
  hasAccounts: boolean
  /** Whether the page has a table of unhealthy services. */
  hasUnhealthy: boolean
}) {
  const now = useNow()
  if (services.length === 0) return null
  const rows = services.toSorted((a, b) => (changedAt(a.service) < changedAt(b.service) ? 1 : -1))
  return (
    <section className="stack">
      <h2>
        {services.length > maxNewestServices ? 'Services deployed last' : hasUnhealthy ? 'Other services' : 'Services'}
      </h2>
      <Table
        label="Services deployed last"
        rows={rows.slice(0, maxNewestServices)}
        keyOf={({ account, service }) => `${account}/${service.arn}`}
        emptyText=""
        columns={[
          {
            title: 'Service',
            cell: ({ account, service: { cluster, name } }) => (
              <Link href={paths.service(account, cluster, name)}>
                <PrintableText text={hasAccounts ? `${account}/${cluster}/${name}` : `${cluster}/${name}`} />
              </Link>
            ),
          },
          {
            title: 'Status',
            hasOwnLineOnPhone: true,
            cell: ({ service }) => <SentenceStatus sentence={serviceSentence(service, [], now)} />,
          },
          { title: 'Deployed', cell: ({ service }) => <Ago at={changedAt(service)} /> },
          {
            title: 'Actions',
            cell: ({ account, service: { cluster, name } }) => (
              <Link data-key="l" href={paths.serviceTab(account, cluster, name, 'logs')}>
                Logs
                <span className="visually-hidden">
                  {' '}
                  of <PrintableText text={name} />
                </span>
              </Link>
            ),
          },
        ]}
      />
    </section>
  )
}

/** @param options.isNew whether the accounts never had a service */
function headingFor(
  { total, changing, needingAttention }: Readonly<Record<'total' | 'changing' | 'needingAttention', number>>,
  { isNew }: { isNew: boolean },
): string {
  if (total === 0) return isNew ? 'No services yet' : 'No services'
  if (total === 1)
    return `The only service ${needingAttention > 0 ? 'needs attention' : changing > 0 ? 'is changing' : 'is steady'}`
  if (needingAttention > 0)
    return `${needingAttention} of ${total} services ${needingAttention === 1 ? 'needs' : 'need'} attention`
  if (changing > 0) return `${changing} of ${total} services ${changing === 1 ? 'is' : 'are'} changing`
  return `All ${total} services are steady`
}
