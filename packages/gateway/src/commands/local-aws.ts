/** `ecs-api local-aws …`: the engine's own command, told where the service's engine keeps its data when it is to say how to reach it. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { localAws } from '@ecs-api/local-aws'
import { BrokenConfiguration } from '../config/faults.ts'
import { readConfiguration } from '../config/read.ts'

/** @returns the exit code */
export async function runLocalAws(words: string[]): Promise<number> {
  if (words[0] !== 'env' || words.some((word) => word.startsWith('--data'))) return localAws(words)
  const given = configOf(words)
  // It says what is wrong with words that mean nothing.
  if (!given) return localAws(words)
  try {
    const { data } = await readConfiguration({ file: given.file, environment: process.env })
    return await localAws([...given.others, '--data', join(data, 'local-aws')])
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return 1
  }
}

/** Undefined where there is anything else among the words but the account's name. */
function configOf(words: string[]): { file: string | undefined; others: string[] } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      options: { config: { type: 'string', short: 'c' } },
      allowPositionals: true,
    })
    return { file: values.config, others: positionals }
  } catch {
    return undefined
  }
}
