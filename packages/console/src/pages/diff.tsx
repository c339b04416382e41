/** The page that compares two releases of a service. */
import { Link } from 'wouter'
import { useReleaseDiff, useReleases } from '../live/queries.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { FieldChanges } from '../parts/plan.tsx'
import { paths } from '../paths.ts'

export default function DiffPage({
  account,
  cluster,
  service,
  fromRelease,
  toRelease,
}: {
  account: string
  cluster: string
  service: string
  fromRelease: number
  toRelease: number
}) {
  const diff = useReleaseDiff(account, cluster, service, fromRelease, toRelease)
  const releases = useReleases(account, cluster, service).data ?? []
  const others = releases.filter(
    ({ release, isCurrent }) => !isCurrent && (release === fromRelease || release === toRelease),
  )
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          [service, paths.service(account, cluster, service)],
          ['Releases', paths.serviceTab(account, cluster, service, 'deployments')],
        ]}
        title={`Release ${fromRelease} compared with ${toRelease}`}
      >
        {others.map(({ release, outcome }) => (
          <Link key={release} className="button" href={paths.rollback(account, cluster, service, release)}>
            Roll back to release {release}
            {/^(failed|rolled-back)$/.test(outcome) && ' (failed)'}…
          </Link>
        ))}
      </PageHead>
      {!diff.data && <LoadingOrProblem query={diff} subject="the differences" />}
      {diff.data && (
        <section className="panel">
          {diff.data.changes.length === 0 ? (
            <p>The two releases do not differ.</p>
          ) : (
            <FieldChanges changes={diff.data.changes} />
          )}
        </section>
      )}
    </>
  )
}
