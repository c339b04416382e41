/**
 * The last changes on the overview, which loads this file after its other parts: for admins the changes of all callers
 * from the audit log, for others the last deployments of the services that they may see.
 */
import { deploymentResult, isPlan } from '@ecs-api/client/audit-words'
import { Link } from 'wouter'
import { type Column, Table } from '../lists/table.tsx'
import { useNewestDeployments } from '../live/newest-deployments.ts'
import { useAudit, useMe } from '../live/queries.ts'
import { AuditResult, ResultWords } from '../parts/audit-result.tsx'
import { ChangeSentence } from '../parts/change-sentence.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

const maxChanges = 10

export default function LastChanges() {
  const me = useMe()
  if (!me) return null
  return me.role === 'admin' ? <LastChangesOfAudit /> : <LastDeployments />
}

function LastChangesOfAudit() {
  const audit = useAudit({ limit: 200 })
  const changes = (audit.data ?? [])
    // Neither a sign-in nor a plan changes a resource.
    .filter((entry) => !entry.path.startsWith('/session') && !isPlan(entry))
    .slice(0, maxChanges)
  return (
    <Section
      rows={changes}
      keyOf={({ id }) => id}
      columns={[
        { title: 'When', cell: ({ at }) => <Ago at={at} /> },
        { title: 'Who', cell: ({ caller }) => <PrintableText text={caller} /> },
        { title: 'What', hasOwnLineOnPhone: true, cell: (entry) => <ChangeSentence entry={entry} /> },
        { title: 'Result', cell: (entry) => <AuditResult entry={entry} /> },
        {
          title: 'Actions',
          cell: ({ id }) => <Link href={`${paths.audit}?entry=${encodeURIComponent(id)}`}>Show request</Link>,
        },
      ]}
    />
  )
}

function LastDeployments() {
  return (
    <Section
      rows={useNewestDeployments(maxChanges)}
      keyOf={({ account, deployment }) => `${account} ${deployment.arn}`}
      columns={[
        { title: 'When', cell: ({ deployment }) => <Ago at={deployment.createdAt} /> },
        { title: 'Who', cell: ({ release }) => release && <PrintableText text={release.by} /> },
        {
          title: 'What',
          hasOwnLineOnPhone: true,
          cell: ({ account, service, release }) => (
            <>
              deployed <PrintableText text={release?.taskDefinition ?? ''} /> to{' '}
              <Link href={paths.service(account, service.cluster, service.name)}>
                <PrintableText text={`${service.cluster}/${service.name}`} />
              </Link>
            </>
          ),
        },
        { title: 'Result', cell: ({ deployment }) => <ResultWords result={deploymentResult(deployment)} /> },
        {
          title: 'Actions',
          cell: ({ account, service, deployment }) => (
            <Link href={paths.deployment(account, service.cluster, service.name, deployment.id)}>
              Show deployment
              <span className="visually-hidden">
                {' '}
                <PrintableText text={`${deployment.id.slice(0, 8)} of ${service.name}`} />
              </span>
            </Link>
          ),
        },
      ]}
    />
  )
}

function Section<T>(props: { rows: readonly T[]; keyOf: (row: T) => string; columns: Column<T>[] }) {
  if (props.rows.length === 0) return null
  return (
    <section className="stack">
      <h2>Last changes</h2>
      <Table label="Last changes" emptyText="" {...props} />
    </section>
  )
}
