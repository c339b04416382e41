/** `ecs-api check`: says what is wrong with the configuration, and tries the store and each account's credentials. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openAwsAccount } from '../aws/open-account.ts'
import { BrokenConfiguration } from '../config/faults.ts'
import { readConfiguration } from '../config/read.ts'
import type { AwsSettings, LocalSettings, Settings } from '../config/settings.ts'
import { readableFileWarning, weakTokenWarning } from '../config/token-strength.ts'
import { causeOf, Problem } from '../problems/problem.ts'
import { probeStore } from '../store/probe.ts'

/** @returns 0 when everything is as it should be */
export async function check(file: string | undefined): Promise<number> {
  let settings: Settings
  try {
    settings = await readConfiguration({ file, environment: process.env })
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return 1
  }
  for (const warning of tokenWarnings(settings)) console.log(`⚠ ${warning}`)
  const results = await Promise.all([triedStore(settings), ...settings.accounts.map(tried)])
  for (const { line } of results) console.log(line)
  return results.every(({ ok }) => ok) ? 0 : 1
}

/** Of the token that is configured, or that a start before this has made. */
function tokenWarnings({ token, data }: Settings): string[] {
  const file = join(data, 'token')
  const warnings = token !== undefined ? [weakTokenWarning(token)] : existsSync(file) ? [readableFileWarning(file)] : []
  return warnings.filter((warning) => warning !== undefined)
}

/** Changes nothing: a store that is not there yet is made at the start. */
async function triedStore({ store, data }: Settings): Promise<Result> {
  const what = store.url ? 'the store on PostgreSQL' : `the store in ${data}`
  try {
    await probeStore({ ...store, data })
    return { ok: true, line: `✔ ${what}` }
  } catch (error) {
    const cause = error instanceof Problem ? causeOf(error) : undefined
    return { ok: false, line: `✖ ${what}: ${cause ?? (error instanceof Error ? error.message : String(error))}` }
  }
}

interface Result {
  ok: boolean
  line: string
}

async function tried(account: AwsSettings | LocalSettings): Promise<Result> {
  const what = `${account.name} (${account.region})`
  if (account.mode === 'local')
    return { ok: true, line: `✔ ${what}: on the embedded engine, as account ${account.number}` }
  const opened = openAwsAccount(account, {
    allow: () => {},
    guardsDefinitions: () => false,
    onCall: () => {},
    callContext: () => ({ priority: 'write', caller: 'check' }),
  })
  try {
    const { number, arn } = await opened.identity()
    // With a boundary this asks for the tags, too.
    if (account.org) await opened.ecs().listClusters({ maxResults: 1 })
    const within = account.org ? `, within ${account.org.key}=${account.org.value}` : ''
    return { ok: true, line: `✔ ${what}: account ${number}, as ${arn}${within}` }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const cause = causeOf(error)
    return { ok: false, line: `✖ ${what}: ${error.detail}${cause ? ` (${cause})` : ''}` }
  } finally {
    opened.close()
  }
}
