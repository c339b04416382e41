import type { LocalCommandInput } from '../command.ts'
import { completionsOf } from '../completions.ts'

/** Prints the completion candidates for the last word, each with a description after a tab. It never fails. */
export async function complete({ rest, out, ...input }: LocalCommandInput): Promise<void> {
  const candidates = await completionsOf(rest, { ...input, out })
  await out.raw(candidates.map(([name, text]) => `${name}\t${text}\n`).join(''))
}
