import { useState } from 'react'
import { useAudit } from '../live/queries.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { Table } from '../parts/table.tsx'
import { Exact } from '../parts/time.tsx'

/** The audit log: the requested changes with their callers, newest first. */
export default function AuditPage() {
  const audit = useAudit(true, 1000)
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const shown = (audit.data ?? []).filter((entry) =>
    `${entry.caller} ${entry.path} ${entry.action} ${entry.code ?? ''} ${entry.status ?? ''}`
      .toLowerCase()
      .includes(wanted),
  )
  return (
    <>
      <PageHead title="Audit" />
      <div className="row">
        <label className="visually-hidden" htmlFor="filter">
          Filter by person, path, action or result
        </label>
        <input
          id="filter"
          placeholder="Person, path, action, result"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <LoadingOrProblem query={audit} what="the audit log" />
      {audit.data && (
        <Table
          label="Audit"
          rows={shown}
          keyOf={({ id }) => id}
          empty="No entry matches."
          columns={[
            { title: 'When', sortBy: ({ at }) => at, cell: ({ at }) => <Exact at={at} /> },
            { title: 'Who', sortBy: ({ caller }) => caller, cell: ({ caller }) => <ExternalText text={caller} /> },
            {
              title: 'What',
              wide: true,
              cell: ({ action, path, input }) => (
                <details>
                  <summary>
                    <ExternalText text={`${action.split(' ')[0]} ${path}`} />
                  </summary>
                  <pre>
                    <ExternalText text={JSON.stringify(input, null, 2)} />
                  </pre>
                </details>
              ),
            },
            { title: 'From', cell: ({ source }) => <ExternalText text={source} /> },
            {
              title: 'Result',
              sortBy: ({ status }) => status ?? 0,
              cell: ({ status, code }) => <ExternalText text={code ?? String(status ?? 'in progress')} />,
            },
          ]}
        />
      )}
    </>
  )
}
