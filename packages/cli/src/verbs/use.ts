import type { LocalInput } from '../command.ts'
import { checkContext } from '../context/check-context.ts'
import { type Profile, readProfiles, writeProfiles } from '../context/profiles.ts'
import { defaultUrl } from '../context/token.ts'
import { UsageError } from '../errors.ts'

/** Sets account and cluster of the profile; `-` returns to the ones before, and `--profile NAME` alone switches it. */
export async function useContext(input: LocalInput): Promise<void> {
  const { args, flags, out, environment } = input
  const [text] = args
  const stored = readProfiles(environment)
  const name = flags.text('profile') ?? stored.current ?? 'local'
  const found: Profile | undefined = stored.profiles[name]
  if (!found && flags.text('profile') !== undefined)
    throw new UsageError(`There is no profile ${name}.`, `Create it: ecs-api login URL --name ${name}`)
  const profile = found ?? { url: defaultUrl }
  const { account, cluster } = text === undefined ? profile : partsOf(text, profile)
  if (text === undefined && flags.text('profile') === undefined)
    throw new UsageError('Use which? ACCOUNT/CLUSTER, ACCOUNT or -')
  if (text !== undefined) await checkContext(input, name, { url: profile.url, account, cluster })
  const isChanged = account !== profile.account || cluster !== profile.cluster
  stored.profiles[name] = {
    ...profile,
    account,
    cluster,
    ...(isChanged && { previous: { account: profile.account, cluster: profile.cluster } }),
  }
  stored.current = name
  writeProfiles(environment, stored)
  const shown = [account, cluster].filter((part) => part !== undefined).join('/')
  await out.value({ profile: name, account, cluster }, [`Profile ${name}${shown ? ` uses ${shown}` : ''}.`], name)
}

function partsOf(text: string, { previous }: Profile): { account?: string | undefined; cluster?: string | undefined } {
  if (text === '-') {
    if (!previous) throw new UsageError('There is nothing to return to.')
    return previous
  }
  const [account, cluster, ...more] = text.split('/')
  if (!account || cluster === '' || more.length > 0)
    throw new UsageError(`"${text}" is not ACCOUNT/CLUSTER, ACCOUNT or -.`)
  return { account, cluster }
}
