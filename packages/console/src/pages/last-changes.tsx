/** The last changes on the overview, which loads this file after its other parts. */
import { useQueries } from '@tanstack/react-query'
import { Link } from 'wouter'
import { newestDeploymentsQuery, useAudit, useMe } from '../live/queries.ts'
import { AuditResult, deploymentOfEntry } from '../parts/change-result.tsx'
import { ChangeSentence, deployedService, isDryRun } from '../parts/change-sentence.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

/** The deployments of this many services of the last changes are read. Each costs calls to AWS. */
const maxDeploymentLists = 5

/** The last changes of all callers. Only admins can read the audit log; for others this shows nothing. */
export default function LastChanges({
  existingServices,
}: {
  /** The `account/cluster/name` of each service. The deployments of a deleted one cannot be read. */
  existingServices: ReadonlySet<string>
}) {
  const me = useMe()
  const audit = useAudit({ isEnabled: me?.role === 'admin', limit: 200 })
  const changes = (audit.data ?? [])
    // Neither a sign-in nor a plan changes a resource.
    .filter((entry) => !entry.path.startsWith('/session') && !isDryRun(entry))
    .slice(0, 10)
  const keyOfService = (entry: (typeof changes)[number]) => {
    const service = deployedService(entry)
    const name = service && `${service.account}/${service.cluster}/${service.name}`
    return name !== undefined && existingServices.has(name) ? name : undefined
  }
  const deployed = [...new Set(changes.map(keyOfService))].filter((key) => key !== undefined)
  const deployments = useQueries({
    queries: deployed.slice(0, maxDeploymentLists).map((key) => {
      const [account = '', cluster = '', name = ''] = key.split('/')
      // A change of the service refetches its deployments. A poll would cost calls for each service.
      return { ...newestDeploymentsQuery(account, cluster, name), refetchInterval: false as const }
    }),
  })
  const deploymentOf = (entry: (typeof changes)[number]) => {
    const key = keyOfService(entry)
    const data = key === undefined ? undefined : deployments[deployed.indexOf(key)]?.data
    return (
      data &&
      deploymentOfEntry(
        entry,
        changes.filter((each) => keyOfService(each) === key),
        data,
      )
    )
  }
  if (changes.length === 0) return null
  return (
    <section className="stack">
      <h2>Last changes</h2>
      <Table
        label="Last changes"
        rows={changes}
        keyOf={({ id }) => id}
        emptyText=""
        columns={[
          { title: 'When', cell: ({ at }) => <Ago at={at} /> },
          { title: 'Who', cell: ({ caller }) => <ExternalText text={caller} /> },
          { title: 'What', hasOwnLine: true, cell: (entry) => <ChangeSentence entry={entry} /> },
          { title: 'Result', cell: (entry) => <AuditResult entry={entry} deployment={deploymentOf(entry)} /> },
          {
            title: 'Do',
            cell: ({ id }) => <Link href={`${paths.audit}?entry=${encodeURIComponent(id)}`}>Request</Link>,
          },
        ]}
      />
    </section>
  )
}
