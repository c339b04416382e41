import type { LocalCommandInput } from '../command.ts'
import { completionScripts } from '../completion-scripts.ts'
import { UsageError } from '../errors.ts'
import { folderMissingOnPath } from '../shell-path.ts'

/** Prints the completion script of a shell. */
export async function completion({ args, out, environment }: LocalCommandInput): Promise<void> {
  const [shell = ''] = args
  const script = completionScripts[shell]
  if (script === undefined)
    throw new UsageError(
      `There is no completion script for "${shell}": give ${Object.keys(completionScripts).join(', ')}.`,
    )
  await out.raw(script)
  const folder = folderMissingOnPath(environment)
  if (folder)
    out.note(
      `The shell does not find ecs-api, so it completes nothing. Add the folder to its PATH: ${folder}`,
      'yellow',
    )
}
