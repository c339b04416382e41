import type { LocalCommandInput } from '../command.ts'
import { readProfiles, removeToken } from '../context/profiles.ts'
import { UsageError } from '../errors.ts'

/** Removes the stored token of a profile. The token itself stays valid: `tokens delete` revokes it. */
export async function logout({ flags, out, environment }: LocalCommandInput): Promise<void> {
  const { current, profiles } = readProfiles(environment)
  const name = flags.text('profile') ?? (environment.ECS_API_PROFILE || current)
  if (name === undefined || profiles[name] === undefined)
    throw new UsageError(name === undefined ? 'Nobody is signed in.' : `There is no profile ${name}.`)
  const wasRemoved = removeToken(environment, name)
  const text = wasRemoved ? `The token of profile ${name} is removed.` : `Profile ${name} has no stored token.`
  await out.valueOrLines({ profile: name, removed: wasRemoved }, [text], { name })
}
