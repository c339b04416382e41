/** `ecs-api check`: says what is wrong with the configuration and tries each account's credentials. */
import { openAwsAccount } from './aws/open-account.ts'
import { BrokenConfiguration } from './config/faults.ts'
import { readConfiguration } from './config/read.ts'
import type { AwsSettings, LocalSettings, Settings } from './config/settings.ts'
import { causeOf, Problem } from './problems/problem.ts'

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
  const results = await Promise.all(settings.accounts.map(tried))
  for (const { line } of results) console.log(line)
  return results.every(({ ok }) => ok) ? 0 : 1
}

async function tried(account: AwsSettings | LocalSettings): Promise<{ ok: boolean; line: string }> {
  const what = `${account.name} (${account.region})`
  if (account.mode === 'local') return { ok: true, line: `✔ ${what}: on the embedded engine, as account ${account.number}` }
  const opened = openAwsAccount(account, { allow: () => {}, onCall: () => {}, asking: () => ({ urgency: 'write', caller: 'check' }) })
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
