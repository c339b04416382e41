/** Parses the number of a release. */
import { UsageError } from './errors.ts'

/** @param text `12` or `v12` @param service the typed service, for the hint of the error @throws UsageError */
export function parseReleaseNumber(text: string, service: string | undefined): number {
  const [, digits] = /^v?(\d{1,9})$/.exec(text) ?? []
  if (digits === undefined)
    throw new UsageError(
      `"${text}" is not the number of a release.`,
      `All releases: ecs-api releases list ${service ?? ''}`.trimEnd(),
    )
  return Number(digits)
}
