/**
 * Checks that the account and the cluster of a context exist. A context that cannot be checked, since the
 * gateway does not respond, is accepted.
 */
import { isProblem, NoResponse } from '@ecs-api/client'
import type { LocalCommandInput } from '../command.ts'
import { CliError, exitCode } from '../errors.ts'
import { Flags } from '../flags.ts'
import type { Out } from '../out/out.ts'
import { printableLine } from '../out/printable.ts'
import { createTargetClient } from './connect.ts'
import { findTarget, type Target } from './target.ts'

const maxCheckMs = 3000

interface Context {
  profileName: string
  /** Whether the profile is stored. A new one has no address, token or certificates yet. */
  isStored: boolean
  account: string | undefined
  cluster: string | undefined
}

/** @throws CliError with exit code 5 for an account that does not exist */
export async function checkContext(input: LocalCommandInput, context: Context): Promise<void> {
  const { out, environment, workingFolder } = input
  const { profileName, isStored, account, cluster } = context
  if (account === undefined) return
  const signal = AbortSignal.any([input.signal, AbortSignal.timeout(maxCheckMs)])
  const flags = new Flags(isStored ? { profile: profileName } : {})
  const target = findTarget({ flags, environment, workingFolder })
  try {
    const client = await createTargetClient({ target, out, signal })
    const { clusters } = client.account(account)
    await (cluster === undefined ? clusters.page({ limit: 1, signal }) : clusters.get(cluster, { signal }))
  } catch (error) {
    if (isProblem(error, 'AccountNotFound')) {
      const accountOfCluster =
        cluster === undefined ? await accountWithCluster(target, out, account, signal) : undefined
      throw new CliError(
        exitCode.notFound,
        `The gateway of ${profileName} has no account ${account}.`,
        accountOfCluster === undefined
          ? 'All accounts: ecs-api accounts list'
          : `Did you mean: ecs-api use ${accountOfCluster}/${account}`,
      )
    }
    if (isProblem(error, 'ClusterNotFound'))
      return out.note(`There is no cluster ${cluster} yet: ecs-api clusters create ${cluster}`, 'yellow')
    if (!isProblem(error) && !(error instanceof NoResponse) && !signal.aborted) throw error
    input.signal.throwIfAborted()
    const reason = isProblem(error) ? `${error.code}: ${printableLine(error.message)}` : `${target.url} gave no answer.`
    out.note(`The account and the cluster were not checked. ${reason}`, 'yellow')
  }
}

/** The account that has a cluster with the typed name; undefined when none is found. */
async function accountWithCluster(
  target: Target,
  out: Out,
  typed: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const client = await createTargetClient({ target, out, signal })
  const { items } = await client.accounts.page({ signal })
  const found = await Promise.all(
    items.map(({ name }) =>
      client
        .account(name)
        .clusters.get(typed, { signal })
        .then(
          () => name,
          () => undefined,
        ),
    ),
  )
  return found.find((name) => name !== undefined)
}
