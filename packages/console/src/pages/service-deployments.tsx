import type { Service, ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import { Link } from 'wouter'
import type { PagedList } from '../live/paged-list.ts'
import { useReleases } from '../live/queries.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { ImageName, nameOfImage } from '../parts/image-name.tsx'
import { ListEnd } from '../parts/list-end.tsx'
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

const outcomeTones: Record<string, Tone> = {
  stable: 'ok',
  'under-way': 'changing',
  failed: 'bad',
  'rolled-back': 'bad',
}

/** The tab of a service's deployments, and of the releases that the deployments created. */
export default function DeploymentsTab({
  account,
  service: { cluster, name },
  deployments,
}: {
  account: string
  service: Service
  deployments: PagedList<ServiceDeployment>
}) {
  const now = useNow()
  const releases = useReleases(account, cluster, name)
  const knownReleases = releases.data ?? []
  const current = releases.data?.find(({ isCurrent }) => isCurrent)
  return (
    <div className="stack">
      <h2>Deployments</h2>
      <LoadingOrProblem query={deployments} subject="the deployments" />
      {deployments.data && (
        <Table
          label="Deployments"
          rows={deployments.data}
          keyOf={({ id }) => id}
          emptyText="There is no deployment, in ECS or in the stored history."
          columns={[
            {
              title: 'Deployment',
              cell: ({ id }) => (
                <Link className="mono" href={paths.deployment(account, cluster, name, id)}>
                  <ExternalText text={id.slice(0, 8)} />
                </Link>
              ),
            },
            {
              title: 'Status',
              isWide: true,
              cell: (deployment) => (
                <Status tone={toneOfDeployment(deployment.status)} text={deploymentSentence(deployment, now)} />
              ),
            },
            { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
          ]}
        />
      )}
      <ListEnd list={deployments} noun="deployments" />
      <h2>Releases</h2>
      <LoadingOrProblem query={releases} subject="the releases" />
      {releases.data && (
        <Table
          label="Releases"
          rows={releases.data}
          keyOf={({ release }) => String(release)}
          emptyText="There is no release yet."
          columns={[
            {
              title: 'Release',
              cell: ({ release, isCurrent, restoredFrom }) => (
                <>
                  {release}
                  {isCurrent && ' (current)'}
                  {restoredFrom !== null && <span className="muted"> restores release {restoredFrom}</span>}
                </>
              ),
            },
            {
              title: 'Outcome',
              cell: ({ outcome }) => (
                <Status tone={outcomeTones[outcome] ?? 'stopped'} text={outcome.replaceAll('-', ' ')} />
              ),
            },
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
              isWide: true,
              cell: (release) => (
                <span className="row">
                  {release.images.map(({ container, image }) => (
                    <ImageName
                      key={container}
                      image={nameOfImage(release, container, knownReleases)}
                      pinnedImage={image}
                    />
                  ))}
                </span>
              ),
            },
            { title: 'By', cell: ({ by }) => <ExternalText text={by} /> },
            { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
            {
              title: 'Do',
              cell: ({ release }) =>
                current &&
                release !== current.release && (
                  <span className="row">
                    <Link href={paths.diff(account, cluster, name, release, current.release)}>
                      Compare<span className="visually-hidden"> release {release} with the current one</span>
                    </Link>
                    <Link href={paths.rollback(account, cluster, name, release)}>
                      Roll back to this…<span className="visually-hidden"> Release {release}</span>
                    </Link>
                  </span>
                ),
            },
          ]}
        />
      )}
      <ListEnd list={releases} noun="releases" />
    </div>
  )
}
