import { UsageError } from './errors.ts'

/** `12` or `v12`. @throws UsageError */
export function releaseNumber(text: string): number {
  const [, digits] = /^v?(\d{1,9})$/.exec(text) ?? []
  if (digits === undefined)
    throw new UsageError(`"${text}" is not the number of a release.`, 'ecs-api releases list SERVICE shows them.')
  return Number(digits)
}
