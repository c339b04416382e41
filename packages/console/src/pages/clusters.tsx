import { useState } from 'react'
import { Link } from 'wouter'
import { apiPath, changeNotPermittedReason } from '../actions.ts'
import { ChangeDialog } from '../dialogs/change-dialog.tsx'
import { TextField } from '../forms/fields.tsx'
import { nameFault } from '../forms/name-fault.ts'
import { Table } from '../lists/table.tsx'
import { useClusters, useMe } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { ClusterStatus } from '../parts/status.tsx'
import { paths } from '../paths.ts'

export function ClustersPage({ account }: { account: string }) {
  const clusters = useClusters(account)
  const me = useMe()
  const [isCreating, setCreating] = useState(false)
  const [name, setName] = useState('')
  const fault = nameFault(name)
  return (
    <>
      <PageHead crumbs={[[account, paths.services(account)]]} title="Clusters">
        <ActionButton
          action={{
            id: 'create',
            label: 'Create a cluster…',
            disabledReason: changeNotPermittedReason(me),
            isPrimary: true,
          }}
          onPress={() => setCreating(true)}
        />
      </PageHead>
      <LoadingOrProblem query={clusters} subject="the clusters" />
      {clusters.data && (
        <Table
          label="Clusters"
          rows={clusters.data}
          keyOf={({ arn }) => arn}
          emptyText="There are no clusters."
          columns={[
            {
              title: 'Cluster',
              sortBy: (cluster) => cluster.name,
              cell: (cluster) => (
                <Link href={paths.cluster(account, cluster.name)}>
                  <PrintableText text={cluster.name} />
                </Link>
              ),
            },
            { title: 'Services', cell: ({ activeServicesCount }) => activeServicesCount },
            { title: 'Running tasks', cell: ({ runningTasksCount }) => runningTasksCount },
            { title: 'Starting tasks', cell: ({ pendingTasksCount }) => pendingTasksCount },
            { title: 'Status', cell: ({ status }) => <ClusterStatus status={status} /> },
          ]}
        />
      )}
      <Commands
        cli={`ecs-api clusters list --account ${shellWord(account)}`}
        curl={curlCommand('GET', apiPath(account, 'clusters'))}
      />
      {isCreating && (
        <ChangeDialog
          title="Create a cluster"
          account={account}
          request={
            name === '' || fault ? undefined : { method: 'POST', path: apiPath(account, 'clusters'), body: { name } }
          }
          incompleteReason={fault ?? 'Type a name.'}
          cli={`ecs-api clusters create ${shellWord(`${account}/${name}`)}`}
          buttonLabel="Create the cluster"
          doneSentence={`The cluster ${name} was created.`}
          onClose={() => setCreating(false)}
          fields={
            <TextField id="name" label="Name" value={name} error={fault} onChange={(value) => setName(value.trim())} />
          }
        />
      )}
    </>
  )
}
