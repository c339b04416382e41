import type { LocalInput } from '../command.ts'
import { completionScripts } from '../completion-scripts.ts'
import { UsageError } from '../errors.ts'

/** Prints the completion script of a shell. */
export async function completion({ args, out }: LocalInput): Promise<void> {
  const [shell = ''] = args
  const script = completionScripts[shell]
  if (script === undefined)
    throw new UsageError(
      `There is no completion script for "${shell}": give ${Object.keys(completionScripts).join(', ')}.`,
    )
  await out.raw(script)
}
