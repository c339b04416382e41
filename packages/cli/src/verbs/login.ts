import { createClient } from '@ecs-api/client'
import type { LocalCommandInput } from '../command.ts'
import { createTransport } from '../context/connect.ts'
import { readProfiles, storeToken, writeProfiles } from '../context/profiles.ts'
import { findRunningGateway } from '../context/running-gateway.ts'
import { cleanUrl } from '../context/target.ts'
import { CliError, exitCode, UsageError } from '../errors.ts'
import { readStandardInput } from '../standard-input.ts'

/** Asks for a token, or gets one from the identity provider, checks it at the gateway, and stores it with a profile. */
export async function login({
  args,
  flags,
  out,
  questions,
  environment,
  workingFolder,
  signal,
}: LocalCommandInput): Promise<void> {
  const namedUrl = args[0] ?? flags.text('url') ?? (environment.ECS_API_URL || findRunningGateway(workingFolder))
  if (namedUrl === undefined) throw new UsageError('Which gateway? Give its address: ecs-api login URL')
  const url = cleanUrl('The address', namedUrl)
  const name = flags.text('name') ?? flags.text('profile') ?? new URL(url).hostname
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new UsageError(`"${name}" is not a name for a profile: letters, digits, - . _`)
  const stored = readProfiles(environment)
  const existing = stored.profiles[name]
  // A profile's certificates are used with the profile's own address only.
  const transport = createTransport({ ca: existing?.url === url ? existing.ca : undefined })
  const signInAtProvider = async () => {
    const { deviceSignIn } = await import('../context/device-sign-in.ts')
    return deviceSignIn(createClient({ url, fetch: transport }), out.note, signal)
  }
  const token = flags.isSet('oidc')
    ? await signInAtProvider()
    : flags.isSet('token-stdin')
      ? await readStandardInput(signal)
      : await questions.askSecret(`Token for ${url}`, `In a script: ecs-api login ${url} --token-stdin < FILE`)
  if (token.trim() === '') throw new UsageError('The token is empty.')
  const client = createClient({ url, token: token.trim(), fetch: transport })
  const me = await client.me({ signal })

  stored.profiles[name] = { ...existing, url }
  stored.current = name
  if (existing?.tokenCommand !== undefined)
    throw new CliError(
      exitCode.rejected,
      `The profile ${name} takes its token from a command (tokenCommand).`,
      'Choose another --name.',
    )
  storeToken(environment, name, { url, token: token.trim() })
  writeProfiles(environment, stored)
  await out.valueOrLines(
    { profile: name, url, me },
    [`Signed in to ${url} as ${me.name} (${me.role}), profile ${name}.`],
    {
      name,
    },
  )
  out.note('Next: ecs-api use ACCOUNT/CLUSTER, or ecs-api status', 'dim')
}
