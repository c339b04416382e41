import { useMemo } from 'react'
import { Link, useLocation } from 'wouter'
import { apiPath, changeNotPermittedReason } from '../actions.ts'
import { definitionColumns } from '../lists/definition-cell.tsx'
import { Table } from '../lists/table.tsx'
import { useMe, useServices, useTaskDefinitions } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { paths } from '../paths.ts'

/** The page of an account's task definition families: newest revision, image, and the services that use them. */
export default function TaskDefinitionsPage({ account }: { account: string }) {
  const definitions = useTaskDefinitions(account)
  const services = useServices(account).data
  const me = useMe()
  const [, navigate] = useLocation()
  const families = useMemo(() => {
    const newest = new Map<string, { family: string; revision: number; name: string; revisions: number }>()
    for (const { family, revision, name } of definitions.data ?? []) {
      const known = newest.get(family)
      if (!known) newest.set(family, { family, revision, name, revisions: 1 })
      else
        newest.set(family, {
          ...(revision > known.revision ? { family, revision, name } : known),
          revisions: known.revisions + 1,
        })
    }
    return [...newest.values()]
  }, [definitions.data])
  return (
    <>
      <PageHead crumbs={[[account, paths.services(account)]]} title="Task definitions">
        <ActionButton
          action={{
            id: 'register',
            label: 'Register a task definition…',
            disabledReason: changeNotPermittedReason(me),
            isPrimary: true,
          }}
          onPress={() => navigate(paths.newTaskDefinition(account))}
        />
      </PageHead>
      <LoadingOrProblem query={definitions} subject="the task definitions" />
      {definitions.data && (
        <Table
          label="Families"
          rows={families}
          keyOf={({ family }) => family}
          emptyText={
            <>
              There are no task definitions. <Link href={paths.newTaskDefinition(account)}>Register one</Link>
            </>
          }
          columns={[
            {
              title: 'Family',
              sortBy: ({ family }) => family,
              cell: ({ family, name }) => (
                <Link href={paths.taskDefinition(account, name)}>
                  <PrintableText text={family} />
                </Link>
              ),
            },
            ...definitionColumns(account),
            { title: 'Newest revision', cell: ({ revision }) => revision },
            { title: 'Active revisions', cell: ({ revisions }) => revisions },
            {
              title: 'Used by',
              hasOwnLineOnPhone: true,
              cell: ({ family }) =>
                (services ?? [])
                  .filter(({ taskDefinition }) => taskDefinition?.startsWith(`${family}:`))
                  .map(({ cluster, name }) => (
                    <span key={`${cluster}/${name}`}>
                      <Link href={paths.service(account, cluster, name)}>
                        <PrintableText text={`${cluster}/${name}`} />
                      </Link>{' '}
                    </span>
                  )),
            },
          ]}
        />
      )}
      <Commands
        cli={`ecs-api taskdefs list --account ${shellWord(account)} --latest`}
        curl={curlCommand('GET', `${apiPath(account, 'taskdefs')}?latest=true`)}
      />
    </>
  )
}
