import type { LocalCommandInput } from '../command.ts'
import { checkContext } from '../context/check-context.ts'
import { type Profile, readProfiles, writeProfiles } from '../context/profiles.ts'
import { UsageError } from '../errors.ts'

/** Sets account and cluster of the profile; `-` restores the previous ones. `--profile NAME` alone makes it current. */
export async function useContext(input: LocalCommandInput): Promise<void> {
  const { args, flags, out, environment } = input
  const [context] = args
  const stored = readProfiles(environment)
  const name = flags.text('profile') ?? stored.current ?? 'local'
  const existing: Profile | undefined = stored.profiles[name]
  if (!existing && flags.text('profile') !== undefined)
    throw new UsageError(`There is no profile ${name}.`, `Create it: ecs-api login URL --name ${name}`)
  const profile = existing ?? {}
  const { account, cluster } = context === undefined ? profile : accountAndCluster(context, profile)
  if (context === undefined && flags.text('profile') === undefined)
    throw new UsageError('Which context? Give ACCOUNT/CLUSTER, ACCOUNT, or - for the previous one.')
  if (context !== undefined)
    await checkContext(input, { profileName: name, isStored: existing !== undefined, account, cluster })
  const hasChanged = account !== profile.account || cluster !== profile.cluster
  stored.profiles[name] = {
    ...profile,
    account,
    cluster,
    ...(hasChanged && { previous: { account: profile.account, cluster: profile.cluster } }),
  }
  stored.current = name
  writeProfiles(environment, stored)
  const shown = [account, cluster].filter((part) => part !== undefined).join('/')
  await out.valueOrLines({ profile: name, account, cluster }, [`Profile ${name}${shown ? ` uses ${shown}` : ''}.`], {
    name,
  })
}

function accountAndCluster(
  context: string,
  { previous }: Profile,
): { account?: string | undefined; cluster?: string | undefined } {
  if (context === '-') {
    if (!previous) throw new UsageError('There is no previous account or cluster.')
    return previous
  }
  const [account, cluster, ...more] = context.split('/')
  if (!account || cluster === '' || more.length > 0)
    throw new UsageError(`"${context}" is not ACCOUNT/CLUSTER, ACCOUNT or -.`)
  return { account, cluster }
}
