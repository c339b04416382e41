/**
 * The command `ecs-api check`: validates the configuration, and tries the store and the credentials of each account.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { noGuardrails } from '../aws/account-guardrails.ts'
import { openAwsAccount } from '../aws/open-account.ts'
import { BrokenConfiguration } from '../config/faults.ts'
import { readConfiguration } from '../config/read.ts'
import type { AwsSettings, LocalSettings, Settings } from '../config/settings.ts'
import { readableFileWarning, weakTokenWarning } from '../config/token-strength.ts'
import { causeText, errorText, Problem } from '../problems/problem.ts'
import { printError } from '../process/print-error.ts'
import { probeStore } from '../store/probe.ts'

/** @returns 0 when everything works, else 1 */
export async function checkConfiguration(file: string | undefined): Promise<number> {
  let settings: Settings
  try {
    settings = await readConfiguration({ file, environment: process.env })
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    printError(error.message)
    return 1
  }
  for (const warning of tokenWarnings(settings)) console.log(`⚠ ${warning}`)
  const results = await Promise.all([checkStore(settings), ...settings.accounts.map(checkAccount)])
  for (const { line } of results) console.log(line)
  return results.every(({ ok }) => ok) ? 0 : 1
}

/** Returns warnings about the configured token, or about the file of the generated token. */
function tokenWarnings({ token, data }: Settings): string[] {
  const file = join(data, 'token')
  const warnings = token !== undefined ? [weakTokenWarning(token)] : existsSync(file) ? [readableFileWarning(file)] : []
  return warnings.filter((warning) => warning !== undefined)
}

/** Tries the store and changes nothing. A missing store is no error, because `serve` creates it. */
async function checkStore({ store, data }: Settings): Promise<CheckResult> {
  const subject = store.url ? 'the store on PostgreSQL' : `the store in ${data}`
  try {
    await probeStore({ ...store, data })
    return { ok: true, line: `✔ ${subject}` }
  } catch (error) {
    const cause = error instanceof Problem ? causeText(error) : undefined
    return { ok: false, line: `✖ ${subject}: ${cause ?? errorText(error)}` }
  }
}

interface CheckResult {
  ok: boolean
  line: string
}

async function checkAccount(account: AwsSettings | LocalSettings): Promise<CheckResult> {
  const subject = `${account.name} (${account.region})`
  if (account.mode === 'local')
    return { ok: true, line: `✔ ${subject}: on the embedded engine, as account ${account.number}` }
  const openedAccount = openAwsAccount(account, {
    guardrails: noGuardrails,
    onCall: () => {},
    callContext: () => ({ priority: 'write', caller: 'check' }),
  })
  try {
    const { number, arn } = await openedAccount.identity()
    // With a boundary, `listClusters` also reads tags, so this call checks the permission for that.
    if (account.boundaryTag) await openedAccount.ecs().listClusters({ maxResults: 1 })
    const boundaryNote = account.boundaryTag ? `, within ${account.boundaryTag.key}=${account.boundaryTag.value}` : ''
    return { ok: true, line: `✔ ${subject}: account ${number}, as ${arn}${boundaryNote}` }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const cause = causeText(error)
    return { ok: false, line: `✖ ${subject}: ${error.detail}${cause ? ` (${cause})` : ''}` }
  } finally {
    openedAccount.close()
  }
}
