/** Values that are given by a flag or as an argument: `rollback prod/www --to 12` and `rollback prod/www 12`. */
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'

/** @returns undefined when neither is given @throws UsageError when both are given and differ */
export function flagOrArgument(flags: Flags, flag: string, argument: string | undefined): string | undefined {
  const value = flags.text(flag)
  if (value !== undefined && argument !== undefined && value !== argument)
    throw new UsageError(`The argument is ${argument}, and --${flag} is ${value}: give one of them.`)
  return value ?? argument
}
