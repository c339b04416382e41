/** Two releases of a service: what differs. */
import { Link } from 'wouter'
import { useReleaseDiff, useReleases } from '../live/queries.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { Changes } from '../parts/plan.tsx'
import { paths } from '../paths.ts'

export default function DiffPage({
  account,
  cluster,
  service,
  from,
  to,
}: {
  account: string
  cluster: string
  service: string
  from: number
  to: number
}) {
  const diff = useReleaseDiff(account, cluster, service, from, to)
  const releases = useReleases(account, cluster, service).data ?? []
  const others = releases.filter(({ release, isCurrent }) => !isCurrent && (release === from || release === to))
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          [service, paths.service(account, cluster, service)],
          ['Releases', paths.serviceTab(account, cluster, service, 'deployments')],
        ]}
        title={`Release ${from} compared with ${to}`}
      >
        {others.map(({ release, outcome }) => (
          <Link key={release} className="button" href={paths.rollback(account, cluster, service, release)}>
            Roll back to release {release}
            {/^(failed|rolled-back)$/.test(outcome) && ' (failed)'}…
          </Link>
        ))}
      </PageHead>
      {!diff.data && <LoadingOrProblem query={diff} what="the differences" />}
      {diff.data && (
        <section className="panel">
          {diff.data.changes.length === 0 ? (
            <p>The two releases do not differ.</p>
          ) : (
            <Changes changes={diff.data.changes} />
          )}
        </section>
      )}
    </>
  )
}
