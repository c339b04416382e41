import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { apiPath, whyNoChange } from '../actions.ts'
import { useMe, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ChangeDialog } from '../parts/change-dialog.tsx'
import { Commands, Copy, curlOf, quoted } from '../parts/copy.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Facts } from '../parts/facts.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { Table } from '../parts/table.tsx'
import { paths } from '../paths.ts'

/** One revision of a task definition, and the others of its family. */
export default function TaskDefinitionPage({ account, name }: { account: string; name: string }) {
  const query = useTaskDefinition(account, name)
  const family = name.split(':')[0]!
  const revisions = (useTaskDefinitions(account).data ?? []).filter((each) => each.family === family)
  const me = useMe()
  const [, navigate] = useLocation()
  const [isDeregistering, setDeregistering] = useState(false)
  const definition = query.data
  const disabled = whyNoChange(me)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Task definitions', paths.taskDefinitions(account)],
        ]}
        title={definition?.name ?? name}
      >
        <ActionButton
          action={{ id: 'new', label: 'Create a service…', disabled }}
          onPress={() => navigate(paths.newService(account, definition?.name ?? name))}
        />
        <ActionButton
          action={{ id: 'edit', label: 'Edit as a new revision…', disabled, isPrimary: true }}
          onPress={() => navigate(paths.newTaskDefinition(account, definition?.name ?? name))}
        />
        <ActionButton
          action={{ id: 'deregister', label: 'Deregister…', disabled, isDangerous: true }}
          onPress={() => setDeregistering(true)}
        />
      </PageHead>
      {!definition && <LoadingOrProblem query={query} what={name} />}
      {definition && (
        <div className="beside">
          <div className="stack">
            <div className="row">
              <h2>Document</h2>
              <Copy text={JSON.stringify(definition, null, 2)} />
            </div>
            <pre className="panel">
              <ExternalText text={JSON.stringify(definition, null, 2)} />
            </pre>
          </div>
          <div className="stack">
            <Facts
              title="Facts"
              facts={[
                ['Status', definition.status],
                ['Size', `${definition.cpu} CPU units, ${definition.memory} MiB`],
                ...definition.containerDefinitions.map(({ name: container, image }): [string, ReactNode] => [
                  container,
                  <code key={container}>
                    <ExternalText text={image} />
                  </code>,
                ]),
              ]}
            />
            <Table
              label="Revisions"
              rows={revisions.toSorted((a, b) => b.revision - a.revision)}
              keyOf={(each) => each.arn}
              empty="No active revision."
              columns={[
                {
                  title: 'Revision',
                  cell: (each) => <a href={paths.taskDefinition(account, each.name)}>{each.revision}</a>,
                },
                { title: 'Status', cell: ({ status }) => status },
              ]}
            />
          </div>
        </div>
      )}
      <Commands
        cli={`ecs-api taskdefs get ${quoted(`${account}/${name}`)}`}
        curl={curlOf('GET', apiPath(account, 'taskdefs', name))}
      />
      {isDeregistering && definition && (
        <ChangeDialog
          title={`Deregister ${definition.name}`}
          account={account}
          request={{ method: 'DELETE', path: apiPath(account, 'taskdefs', definition.name) }}
          cli={`ecs-api taskdefs delete ${quoted(`${account}/${definition.name}`)}`}
          verb="Deregister"
          confirmName={definition.name}
          requested={`Deregistered: ${definition.name}.`}
          onClose={() => setDeregistering(false)}
        />
      )}
    </>
  )
}
