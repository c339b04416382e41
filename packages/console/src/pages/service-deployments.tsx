import type { Service, ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useReleases } from '../live/queries.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { Status, type Tone } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'

export function toneOfDeployment(status: string): Tone {
  if (status === 'SUCCESSFUL') return 'ok'
  if (/^ROLLBACK/.test(status)) return 'bad'
  return /^STOP/.test(status) ? 'stopped' : 'changing'
}

/** The deployments of a service, and the releases that they made. */
export function DeploymentsTab({
  account,
  service: { cluster, name },
  deployments,
}: {
  account: string
  service: Service
  deployments: UseQueryResult<ServiceDeployment[]>
}) {
  const now = useNow()
  const releases = useReleases(account, cluster, name)
  const current = releases.data?.find(({ isCurrent }) => isCurrent)
  return (
    <div className="stack">
      <h2>Deployments</h2>
      <LoadingOrProblem query={deployments} what="the deployments" />
      {deployments.data && (
        <Table
          label="Deployments"
          rows={deployments.data}
          keyOf={({ id }) => id}
          empty="There is no deployment that ECS or the history still knows."
          columns={[
            {
              title: 'Deployment',
              cell: ({ id }) => (
                <Link className="mono" href={paths.deployment(account, cluster, name, id)}>
                  {id.slice(0, 8)}
                </Link>
              ),
            },
            {
              title: 'Status',
              wide: true,
              cell: (deployment) => (
                <Status tone={toneOfDeployment(deployment.status)} text={deploymentSentence(deployment, now)} />
              ),
            },
            { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
          ]}
        />
      )}
      <h2>Releases</h2>
      <LoadingOrProblem query={releases} what="the releases" />
      {releases.data && (
        <Table
          label="Releases"
          rows={releases.data}
          keyOf={({ release }) => String(release)}
          empty="There is no release yet."
          columns={[
            { title: 'Release', cell: ({ release, isCurrent }) => `${release}${isCurrent ? ' (current)' : ''}` },
            { title: 'Outcome', cell: ({ outcome }) => outcome },
            {
              title: 'Task definition',
              cell: ({ taskDefinition }) => (
                <code>
                  <ExternalText text={taskDefinition} />
                </code>
              ),
            },
            {
              title: 'Images',
              wide: true,
              cell: ({ images }) => (
                <code>
                  <ExternalText text={images.map(({ image }) => image ?? '').join(', ')} />
                </code>
              ),
            },
            { title: 'By', cell: ({ by }) => <ExternalText text={by} /> },
            { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
            {
              title: 'Compare',
              cell: ({ release }) =>
                current && release !== current.release ? (
                  <Link href={paths.diff(account, cluster, name, release, current.release)}>
                    with the current one<span className="visually-hidden">: release {release}</span>
                  </Link>
                ) : (
                  ''
                ),
            },
          ]}
        />
      )}
    </div>
  )
}
