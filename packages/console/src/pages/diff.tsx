/** The page that compares two releases of a service. */
import type { Release } from '@ecs-api/client'
import { outcomeText } from '@ecs-api/client/words'
import { useId } from 'react'
import { Link, useLocation } from 'wouter'
import { servicePath } from '../actions.ts'
import { ListEnd } from '../lists/list-end.tsx'
import { useReleaseDiff, useReleases } from '../live/queries.ts'
import { useReleaseChanges } from '../live/release-changes.ts'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { printable } from '../parts/printable-text.tsx'
import { contentOfRelease } from '../parts/release-change.ts'
import { shellWord } from '../parts/shell-command.ts'
import { paths } from '../paths.ts'
import { HiddenValueSources } from '../plans/hidden-values.ts'
import { FieldChanges } from '../plans/plan.tsx'

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
  const releaseList = useReleases(account, cluster, service)
  const releases = releaseList.data ?? []
  const changeOf = useReleaseChanges(account, releases)
  const [, navigate] = useLocation()
  // The dialog of the rollback also has releases that were never stable.
  const others = releases.filter(
    ({ release, isCurrent, outcome }) =>
      !isCurrent && outcome === 'stable' && (release === fromRelease || release === toRelease),
  )
  const definitionOf = (number: number) =>
    releases.find(({ release }) => release === number)?.taskDefinition ?? undefined
  const compare = (from: number, to: number) => navigate(paths.diff(account, cluster, service, from, to))
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
        {others.map(({ release }) => (
          <Link key={release} className="button" href={paths.rollback(account, cluster, service, release)}>
            Roll back to release {release}…
          </Link>
        ))}
      </PageHead>
      <div className="row">
        <ReleaseSelect
          label="Compare"
          chosen={fromRelease}
          changeOf={changeOf}
          releases={releases}
          onChoose={(from) => compare(from, toRelease)}
        />
        <ReleaseSelect
          label="with"
          chosen={toRelease}
          changeOf={changeOf}
          releases={releases}
          onChoose={(to) => compare(fromRelease, to)}
        />
      </div>
      <ListEnd list={releaseList} noun="releases" />
      {!diff.data && <LoadingOrProblem query={diff} subject="the differences" />}
      {diff.data && (
        <section className="panel stack" aria-label="Differences">
          {diff.data.changes.length === 0 ? (
            <p>
              {fromRelease === toRelease
                ? 'This is one release: choose another one.'
                : 'The two releases do not differ.'}
            </p>
          ) : (
            <HiddenValueSources.Provider
              value={{ account, from: definitionOf(fromRelease), to: definitionOf(toRelease) }}
            >
              <FieldChanges changes={diff.data.changes} />
            </HiddenValueSources.Provider>
          )}
        </section>
      )}
      <Commands
        cli={`ecs-api diff ${shellWord(`${account}/${cluster}/${service}`)} ${fromRelease} ${toRelease}`}
        curl={curlCommand(
          'GET',
          `${servicePath(account, cluster, service, 'releases', fromRelease, 'diff')}?to=${toRelease}`,
        )}
      />
    </>
  )
}

function ReleaseSelect({
  label,
  chosen,
  changeOf,
  releases,
  onChoose,
}: {
  label: string
  chosen: number
  changeOf: (release: Release) => string | undefined
  releases: readonly Release[]
  onChoose: (release: number) => void
}) {
  const id = useId()
  // The address can name a release that is not in the list yet.
  const isListed = releases.some(({ release }) => release === chosen)
  return (
    <span className="row">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={chosen} onChange={(event) => onChoose(Number(event.target.value))}>
        {!isListed && <option value={chosen}>release {chosen}</option>}
        {releases.map((release) => (
          <option key={release.release} value={release.release}>
            {printable(textOf(release, changeOf(release)))}
          </option>
        ))}
      </select>
    </span>
  )
}

function textOf(release: Release, change: string | undefined): string {
  const outcome = release.isCurrent ? 'current' : outcomeText(release.outcome)
  return `release ${release.release} (${outcome}): ${contentOfRelease(release, change)}`
}
