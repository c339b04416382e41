import { UsageError } from './errors.ts'

/** `12` or `v12`. @param service as it was typed @throws UsageError */
export function releaseNumber(text: string, service: string | undefined): number {
  const [, digits] = /^v?(\d{1,9})$/.exec(text) ?? []
  if (digits === undefined)
    throw new UsageError(
      `"${text}" is not the number of a release.`,
      `All releases: ecs-api releases list ${service ?? ''}`.trimEnd(),
    )
  return Number(digits)
}
