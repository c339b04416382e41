/** The last changes on the overview, which loads this file after its other parts. */

import { isPlan } from '@ecs-api/client/audit-words'
import { Link } from 'wouter'
import { Table } from '../lists/table.tsx'
import { useDeploymentsOfEntries } from '../live/deployments-of-entries.ts'
import { useAudit, useMe } from '../live/queries.ts'
import { AuditResult } from '../parts/audit-result.tsx'
import { ChangeSentence } from '../parts/change-sentence.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

/** The last changes of all callers. Only admins can read the audit log; for others this shows nothing. */
export default function LastChanges() {
  const me = useMe()
  const audit = useAudit({ isEnabled: me?.role === 'admin', limit: 200 })
  const changes = (audit.data ?? [])
    // Neither a sign-in nor a plan changes a resource.
    .filter((entry) => !entry.path.startsWith('/session') && !isPlan(entry))
    .slice(0, 10)
  const deploymentOf = useDeploymentsOfEntries(changes)
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
          { title: 'Who', cell: ({ caller }) => <PrintableText text={caller} /> },
          { title: 'What', hasOwnLineOnPhone: true, cell: (entry) => <ChangeSentence entry={entry} /> },
          { title: 'Result', cell: (entry) => <AuditResult entry={entry} deployment={deploymentOf(entry)} /> },
          {
            title: 'Actions',
            cell: ({ id }) => <Link href={`${paths.audit}?entry=${encodeURIComponent(id)}`}>Show request</Link>,
          },
        ]}
      />
    </section>
  )
}
