import type { AuditEntry } from '@ecs-api/client'
import { auditResult, changeSentence, isPlan } from '@ecs-api/client/audit-words'
import { FilterField } from '../lists/filter-field.tsx'
import { Table } from '../lists/table.tsx'
import { useAddressSearch } from '../live/address-search.ts'
import { useAudit } from '../live/queries.ts'
import { AuditResult } from '../parts/audit-result.tsx'
import { ChangeSentence } from '../parts/change-sentence.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { DayAndTime } from '../parts/time.tsx'

/** The text in which the filter searches: the words that the table shows of an entry, and its route. */
function searchedText(entry: AuditEntry): string {
  const { caller, source, action, path, status } = entry
  const sentence = changeSentence(entry).map((part) => (typeof part === 'string' ? part : part.name))
  return [caller, sentence.join(''), action, path, status, source, auditResult(entry)].join(' ').toLowerCase()
}

/** The page of the audit log: requested changes with their callers, newest first. */
export default function AuditPage() {
  const audit = useAudit({ limit: 1000 })
  const { search, changeSearch } = useAddressSearch()
  const text = search.get('filter') ?? ''
  const showsPlans = search.get('plans') === 'shown'
  const openEntryId = search.get('entry')
  const filterText = text.trim().toLowerCase()
  const entries = audit.data ?? []
  const shown = entries.filter(
    (entry) => (showsPlans || entry.id === openEntryId || !isPlan(entry)) && searchedText(entry).includes(filterText),
  )
  return (
    <>
      <PageHead title="Audit" />
      <div className="row">
        <FilterField
          label="Filter by person, change, path or result"
          placeholder="Person, change, path, result"
          text={text}
          onType={(filter) => changeSearch({ filter })}
        />
        <label className="row">
          <input
            type="checkbox"
            checked={showsPlans}
            onChange={(event) => changeSearch({ plans: event.target.checked ? 'shown' : '' })}
          />{' '}
          Show plans (they change nothing)
        </label>
      </div>
      <LoadingOrProblem query={audit} subject="the audit log" />
      {audit.data && (
        <Table
          label="Audit"
          rows={shown}
          keyOf={({ id }) => id}
          emptyText="No entry matches."
          columns={[
            { title: 'When', sortBy: ({ at }) => at, cell: ({ at }) => <DayAndTime at={at} /> },
            { title: 'Who', sortBy: ({ caller }) => caller, cell: ({ caller }) => <PrintableText text={caller} /> },
            { title: 'What', hasOwnLineOnPhone: true, cell: (entry) => <ChangeSentence entry={entry} /> },
            {
              title: 'Request',
              hasOwnLineOnPhone: true,
              cell: ({ id, action, path, input, status }) => (
                <details open={id === openEntryId}>
                  <summary>
                    {action.split(' ')[0]}, {status ?? 'in progress'}
                  </summary>
                  <pre>
                    <PrintableText text={`${action.split(' ')[0]} ${path}\n${JSON.stringify(input, null, 2)}`} />
                  </pre>
                </details>
              ),
            },
            { title: 'From', cell: ({ source }) => <PrintableText text={source} /> },
            {
              title: 'Result',
              sortBy: ({ status }) => status ?? 0,
              cell: (entry) => <AuditResult entry={entry} />,
            },
          ]}
        />
      )}
    </>
  )
}
