/** `ecs-api local-aws …`: the engine's own command, told where the service's engine keeps its data when it is to say how to reach it. */
import { join } from 'node:path'
import { localAws } from '@ecs-api/local-aws'
import { BrokenConfiguration } from './config/faults.ts'
import { readConfiguration } from './config/read.ts'

/** @returns the exit code */
export async function runLocalAws(words: string[]): Promise<number> {
  if (words[0] !== 'env' || words.some((word) => word.startsWith('--data'))) return localAws(words)
  try {
    const { data } = await readConfiguration({ environment: process.env })
    return await localAws([...words, '--data', join(data, 'local-aws')])
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return 1
  }
}
