import type { Release } from '@ecs-api/client'
import { Link } from 'wouter'
import { useReleaseChanges } from '../live/release-changes.ts'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'
import { releaseBefore } from './release-change.ts'

/** The release whose deployment failed: how it differs from the one before, and a link to all differences. */
export function FailedRelease({
  account,
  cluster,
  service,
  release,
  releases,
}: {
  account: string
  cluster: string
  service: string
  release: Release
  /** Newest first. */
  releases: readonly Release[]
}) {
  const before = releaseBefore(release, releases)
  const isComparable = before !== undefined && release.restoredFrom === null
  const change = useReleaseChanges(account, isComparable ? [release, before] : [])(release)
  if (change === undefined) return null
  return (
    <>
      <PrintableText text={sentenceOf(release.release, change)} />
      {before && (
        <Link href={paths.diff(account, cluster, service, before.release, release.release)}>
          Compare with release {before.release}
        </Link>
      )}
    </>
  )
}

function sentenceOf(number: number, change: string): string {
  if (change === 'restart') return `Release ${number} is a restart.`
  if (change === 'first release') return `Release ${number} is the first one.`
  if (/^restores /.test(change)) return `Release ${number} ${change}.`
  if (/^same content /.test(change)) return `Release ${number} has the ${change}.`
  return `Release ${number} changed: ${change}.`
}
