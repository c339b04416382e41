/** Whether the account and the cluster of a context exist. If the gateway cannot be asked, the context is accepted. */
import { isProblem, NoResponse } from '@ecs-api/client'
import type { LocalInput } from '../command.ts'
import { CliError } from '../errors.ts'
import { Flags } from '../flags.ts'
import { printable } from '../out/printable.ts'
import { connectTo } from './connect.ts'
import { findTarget } from './target.ts'

const maxMs = 3000

interface Context {
  /** Of the profile. */
  url: string
  account: string | undefined
  cluster: string | undefined
}

/** @throws CliError with exit code 5 for an account that does not exist */
export async function checkContext(input: LocalInput, profile: string, context: Context): Promise<void> {
  const { out, environment, workingFolder } = input
  const { url, account, cluster } = context
  if (account === undefined) return
  const signal = AbortSignal.any([input.signal, AbortSignal.timeout(maxMs)])
  try {
    // The first `use` creates the profile, so it may be missing here.
    const target = findTarget({ flags: new Flags({ url }), environment, workingFolder })
    const client = await connectTo({ target, out, showsRequests: false, shouldPrint: undefined, signal })
    const { clusters } = client.account(account)
    await (cluster === undefined ? clusters.page({ limit: 1, signal }) : clusters.get(cluster, { signal }))
  } catch (error) {
    if (isProblem(error, 'AccountNotFound'))
      throw new CliError(
        5,
        `The gateway of ${profile} has no account ${account}.`,
        'All accounts: ecs-api accounts list',
      )
    if (isProblem(error, 'ClusterNotFound'))
      return out.note(`There is no cluster ${cluster} yet: ecs-api clusters create ${cluster}`, 'yellow')
    if (!isProblem(error) && !(error instanceof NoResponse) && !signal.aborted) throw error
    input.signal.throwIfAborted()
    const reason = isProblem(error) ? `${error.code}: ${printable(error.message)}` : `${url} gave no answer.`
    out.note(`Not checked whether they exist. ${reason}`, 'yellow')
  }
}
