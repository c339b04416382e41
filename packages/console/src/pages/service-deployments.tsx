import type { Service, ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence, duration, isPaused, outcomeText } from '@ecs-api/client/words'
import { Link } from 'wouter'
import { ListEnd } from '../lists/list-end.tsx'
import { Table } from '../lists/table.tsx'
import type { PagedList } from '../live/paged-list.ts'
import { useReleases } from '../live/queries.ts'
import { useReleaseChanges } from '../live/release-changes.ts'
import { DefinitionLink } from '../parts/definition-link.tsx'
import { deployedRelease } from '../parts/deployed-release.ts'
import { ImagesOfRelease } from '../parts/image-name.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { deploymentStatusText, Status, type Tone } from '../parts/status.tsx'
import { Ago, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'

export function toneOfDeployment(deployment: ServiceDeployment): Tone {
  const { status } = deployment
  if (isPaused(deployment)) return 'waiting'
  if (status === 'SUCCESSFUL') return 'ok'
  if (/^ROLLBACK/.test(status)) return 'bad'
  return /^STOP/.test(status) ? 'stopped' : 'changing'
}

/** The circuit breaker counts the failed tasks at once; their reasons follow. */
const failedCountOf = ({ taskFailures, deploymentCircuitBreaker }: ServiceDeployment) =>
  Math.max(taskFailures.length, deploymentCircuitBreaker?.failureCount ?? 0)

/** How long a deployment took; empty while it is in progress. */
export const timeTaken = ({ createdAt, finishedAt }: ServiceDeployment) =>
  duration(Date.parse(finishedAt ?? '') - Date.parse(createdAt))

/** The sentence of a deployment in a row with its duration. One that failed has the reason of its last failed task. */
function rowText(deployment: ServiceDeployment, now: number): string {
  const { status, taskFailures } = deployment
  if (status === 'SUCCESSFUL') return 'Deployed.'
  const reason = taskFailures[0]?.reason.split('; ').at(-1)?.replace(/\.$/, '')
  if (reason === undefined || !/^ROLLBACK_|^STOPPED$/.test(status)) return deploymentSentence(deployment, now)
  const text = deploymentStatusText(deployment)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: ${reason}.`
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
  const releaseOf = (deployment: ServiceDeployment) => deployedRelease(deployment, knownReleases)
  const changeOf = useReleaseChanges(account, knownReleases)
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
                  <PrintableText text={id.slice(0, 8)} />
                </Link>
              ),
            },
            {
              title: 'Status',
              hasOwnLineOnPhone: true,
              cell: (deployment) => <Status tone={toneOfDeployment(deployment)} text={rowText(deployment, now)} />,
            },
            { title: 'Release', cell: (deployment) => releaseOf(deployment)?.release ?? '' },
            { title: 'Change', hasOwnLineOnPhone: true, cell: (deployment) => changeOf(releaseOf(deployment)) },
            {
              title: 'Task definition',
              cell: (deployment) => <DefinitionLink account={account} name={releaseOf(deployment)?.taskDefinition} />,
            },
            { title: 'Failed tasks', isOmittedWhenEmpty: true, cell: (deployment) => failedCountOf(deployment) || '' },
            { title: 'Took', isOmittedWhenEmpty: true, cell: timeTaken },
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
              cell: ({ release, isCurrent }) => `${release}${isCurrent ? ' (current)' : ''}`,
            },
            { title: 'Change', hasOwnLineOnPhone: true, cell: changeOf },
            {
              title: 'Outcome',
              cell: ({ outcome }) => <Status tone={outcomeTones[outcome] ?? 'stopped'} text={outcomeText(outcome)} />,
            },
            {
              title: 'Task definition',
              cell: ({ taskDefinition }) => <DefinitionLink account={account} name={taskDefinition} />,
            },
            {
              title: 'Images',
              hasOwnLineOnPhone: true,
              cell: (release) => <ImagesOfRelease release={release} />,
            },
            { title: 'By', cell: ({ by }) => <PrintableText text={by} /> },
            { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
            {
              title: 'Actions',
              cell: ({ release }) =>
                current &&
                release !== current.release && (
                  <span className="row">
                    <Link href={paths.diff(account, cluster, name, release, current.release)}>
                      Compare<span className="visually-hidden"> release {release} with the current one</span>
                    </Link>
                    <Link href={paths.rollback(account, cluster, name, release)}>
                      Roll back…<span className="visually-hidden"> to release {release}</span>
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
