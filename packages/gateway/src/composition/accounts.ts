/** Opens the accounts of the settings, and replaces them when the settings change. */
import { accountGuardrails } from '../access/guardrails.ts'
import { Accounts } from '../aws/accounts.ts'
import type { CallDeps } from '../aws/calls/pipeline.ts'
import { openAwsAccount, openLocalAccount } from '../aws/open-account.ts'
import type { AwsSettings, LocalSettings, Settings } from '../config/settings.ts'
import { countAwsCall, requestCallContext } from '../http/aws-calls.ts'
import type { ReleaseArchive } from '../releases/archive.ts'
import { startArchivingEvents } from '../services/archive.ts'
import { startArchivingStoppedTasks } from '../tasks/archive.ts'
import type { CompositionContext, Parts } from './parts.ts'

interface OpenAccounts {
  accounts: Parts['accounts']
  /** Opens and closes accounts so that they match new settings, and applies the guardrails of these settings. */
  reconfigureAccounts: (newSettings: Settings) => Promise<void>
}

/** @param budgetPeers the processes that share AWS's request buckets with this process */
export async function openAccounts(
  { settings, engine, metrics, programDeps }: CompositionContext,
  { cache, history, releaseArchive }: Pick<Parts, 'cache' | 'history'> & { releaseArchive: ReleaseArchive },
  budgetPeers: CallDeps['budgetPeers'],
): Promise<OpenAccounts> {
  let { guardrails: guardrailsOfAllAccounts } = settings
  const onCall: CallDeps['onCall'] = (call) => {
    countAwsCall(call)
    metrics.observeAwsCall(call)
    programDeps.onAwsCall?.(call)
  }
  const callDepsOf = ({ name, guardrails }: AwsSettings | LocalSettings): CallDeps => ({
    // The guardrails of all accounts change with the configuration.
    guardrails: accountGuardrails(name, () => [guardrailsOfAllAccounts, guardrails]),
    onCall,
    onCircuitOpened: (service) => metrics.countCircuitOpening({ account: name, service }),
    callContext: requestCallContext,
    budgetPeers,
  })
  const openLocal = async (local: LocalSettings) => {
    const { subnets, runtime, ...connection } = await engine.connectionTo(local.number)
    return openLocalAccount(
      { ...local, defaults: { subnets, ...local.defaults }, runtime: runtime.name, ...connection },
      callDepsOf(local),
    )
  }
  const accounts: Parts['accounts'] = new Accounts(async (each) => {
    const account = each.mode === 'local' ? await openLocal(each) : openAwsAccount(each, callDepsOf(each))
    cache.shareRecentWrites(account)
    startArchivingStoppedTasks(account, history)
    startArchivingEvents(account, history)
    releaseArchive.watch(account)
    return account
  })
  await accounts.replace(settings.accounts)
  return {
    accounts,
    reconfigureAccounts: async (newSettings) => {
      await engine.replaceAccounts(newSettings.accounts)
      await accounts.replace(newSettings.accounts)
      guardrailsOfAllAccounts = newSettings.guardrails
    },
  }
}
