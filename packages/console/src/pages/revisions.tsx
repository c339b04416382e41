/** The revisions of a family: what each runs, since when, and where; several can be deregistered at once. */
import type { Service, TaskDefinitionSummary } from '@ecs-api/client'
import { useState } from 'react'
import { Link } from 'wouter'
import { ActionButton } from '../parts/action-button.tsx'
import { DefinitionCell, Images } from '../parts/definition-cell.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { DeregisterDialog } from './deregister-dialog.tsx'

export function Revisions({
  account,
  family,
  shown,
  revisions,
  services,
  disabled,
}: {
  account: string
  family: string
  /** The revision of the page. */
  shown: string
  revisions: readonly TaskDefinitionSummary[]
  /** The revisions of the family. */
  services: readonly Service[]
  /** Why this token cannot change anything. */
  disabled: string | undefined
}) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [isOpen, setOpen] = useState(false)
  const rows = revisions.toSorted((a, b) => b.revision - a.revision)
  const chosen = rows.map(({ name }) => name).filter((name) => selected.has(name))
  const usersOf = (name: string) => services.filter(({ taskDefinition }) => taskDefinition === name)
  // The newest one is what a bare family means.
  const unused = rows.slice(1).filter(({ name }) => usersOf(name).length === 0)
  const toggle = (name: string, isSelected: boolean) => {
    const next = new Set(selected)
    if (isSelected) next.add(name)
    else next.delete(name)
    setSelected(next)
  }
  return (
    <section className="stack">
      <div className="row spread">
        <h2>Revisions</h2>
        <div className="row">
          {unused.length > 0 && (
            <button
              type="button"
              className="plain"
              onClick={() => setSelected(new Set(unused.map(({ name }) => name)))}
            >
              Select {unused.length === 1 ? '1 older revision' : `${unused.length} older revisions`} without a service
            </button>
          )}
          <ActionButton
            action={{
              id: 'deregister-selected',
              label: chosen.length === 0 ? 'Deregister selected…' : `Deregister ${chosen.length} selected…`,
              disabled: disabled ?? (chosen.length === 0 ? 'Select revisions first.' : undefined),
              isDangerous: true,
            }}
            onPress={() => setOpen(true)}
          />
        </div>
      </div>
      <Table
        label="Revisions"
        rows={rows}
        keyOf={(each) => each.arn}
        empty="No active revision."
        columns={[
          {
            title: 'Select',
            cell: ({ name }) => (
              <label className="select-row">
                <input
                  type="checkbox"
                  aria-label={`Select ${name}`}
                  checked={selected.has(name)}
                  onChange={(event) => toggle(name, event.target.checked)}
                />
              </label>
            ),
          },
          {
            title: 'Revision',
            cell: ({ name, revision }) =>
              name === shown ? (
                <strong>{revision} (shown)</strong>
              ) : (
                <Link href={paths.taskDefinition(account, name)}>{revision}</Link>
              ),
          },
          {
            title: 'Image',
            wide: true,
            cell: ({ name }) => (
              <DefinitionCell account={account} name={name}>
                {(definition) => <Images definition={definition} />}
              </DefinitionCell>
            ),
          },
          {
            title: 'Registered',
            cell: ({ name }) => (
              <DefinitionCell account={account} name={name}>
                {({ registeredAt }) => <Ago at={registeredAt} />}
              </DefinitionCell>
            ),
          },
          {
            title: 'Used by',
            cell: ({ name }) =>
              usersOf(name).map((service) => (
                <span key={service.arn}>
                  <Link href={paths.service(account, service.cluster, service.name)}>
                    <ExternalText text={`${service.cluster}/${service.name}`} />
                  </Link>{' '}
                </span>
              )),
          },
        ]}
      />
      {isOpen && (
        <DeregisterDialog
          account={account}
          family={family}
          names={chosen}
          usersOf={(name) => usersOf(name).map((service) => `${service.cluster}/${service.name}`)}
          onClose={() => {
            setOpen(false)
            setSelected(new Set())
          }}
        />
      )}
    </section>
  )
}
