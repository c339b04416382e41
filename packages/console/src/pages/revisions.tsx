/** The table of a family's revisions, with their images, dates and services. It can deregister several at once. */
import type { Service, TaskDefinitionSummary } from '@ecs-api/client'
import { Link } from 'wouter'
import { definitionColumns } from '../lists/definition-cell.tsx'
import { SelectionBar } from '../lists/selection-bar.tsx'
import { Table } from '../lists/table.tsx'
import { useSelection } from '../live/selection.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { paths } from '../paths.ts'
import { DeregisterDialog } from './deregister-dialog.tsx'

const nameOf = ({ name }: TaskDefinitionSummary) => name

export function Revisions({
  account,
  family,
  shownName,
  revisions,
  services,
  notPermittedReason,
}: {
  account: string
  family: string
  /** The name of the revision whose page shows the table. */
  shownName: string
  revisions: readonly TaskDefinitionSummary[]
  /** The services that run a revision of the family. */
  services: readonly Service[]
  /** Why the caller is not permitted to change anything; undefined when permitted. */
  notPermittedReason: string | undefined
}) {
  const rows = revisions.toSorted((a, b) => b.revision - a.revision)
  const selection = useSelection(rows, nameOf)
  const servicesUsing = (name: string) => services.filter(({ taskDefinition }) => taskDefinition === name)
  // The newest revision counts as used: a task or a schedule that names the family alone gets the newest revision.
  const unused = rows.slice(1).filter(({ name }) => servicesUsing(name).length === 0)
  return (
    <section className="stack">
      <div className="row spread">
        <h2>Revisions</h2>
        <div className="row">
          {unused.length > 0 && (
            <button type="button" onClick={() => selection.select(new Set(unused.map(nameOf)))}>
              Select unused older revisions ({unused.length})
            </button>
          )}
        </div>
      </div>
      <Table
        label="Revisions"
        rows={rows}
        keyOf={nameOf}
        selection={{ ...selection, nameOf }}
        emptyText="No active revision."
        columns={[
          {
            title: 'Revision',
            cell: ({ name, revision }) =>
              name === shownName ? (
                <strong>{revision} (shown)</strong>
              ) : (
                <Link href={paths.taskDefinition(account, name)}>{revision}</Link>
              ),
          },
          ...definitionColumns(account),
          {
            title: 'Used by',
            cell: ({ name }) =>
              servicesUsing(name).map((service) => (
                <span key={service.arn}>
                  <Link href={paths.service(account, service.cluster, service.name)}>
                    <PrintableText text={`${service.cluster}/${service.name}`} />
                  </Link>{' '}
                </span>
              )),
          },
        ]}
      />
      <SelectionBar
        listName={`${account}/${family} revisions`}
        nouns={['revision', 'revisions']}
        selection={selection}
        shownItems={rows}
        actions={[{ id: 'deregister', label: 'Deregister…', disabledReason: notPermittedReason, isDangerous: true }]}
        dialogOf={(_, items, onClose) => (
          <DeregisterDialog
            account={account}
            family={family}
            names={items.map(nameOf)}
            usersOf={(name) => servicesUsing(name).map((service) => `${service.cluster}/${service.name}`)}
            onClose={() => {
              onClose()
              selection.select(new Set())
            }}
          />
        )}
      />
    </section>
  )
}
