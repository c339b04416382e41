/** The first steps of `ecs-api serve`, with one process or several: each says on stderr why it can't go on. */
import { keptToken } from './access/kept-token.ts'
import { BrokenConfiguration } from './config/faults.ts'
import { readConfiguration, type Source } from './config/read.ts'
import type { Settings } from './config/settings.ts'

export async function configured(source: Source): Promise<Settings | undefined> {
  try {
    return await readConfiguration(source)
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return undefined
  }
}

export async function started<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step()
  } catch (error) {
    console.error(`ecs-api cannot start: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** @returns the admin's token, and a line that says where it is */
export async function tokenFrom({ token, data }: Settings): Promise<{ adminToken: string; where: string }> {
  if (token) return { adminToken: token, where: 'token: as configured' }
  const kept = await keptToken(data)
  return { adminToken: kept.token, where: `token: ${process.stdout.isTTY ? kept.token : `in ${kept.file}`}` }
}
