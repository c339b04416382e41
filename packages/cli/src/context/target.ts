/**
 * The gateway, account and cluster of a command. Precedence: flag; environment; `.ecs-api.yaml` of this folder or the
 * nearest parent; profile; then `http://127.0.0.1:8000`.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CliError, UsageError } from '../errors.ts'
import type { Flags } from '../flags.ts'
import { nearestAlways } from '../nearest.ts'
import { findFolderFile } from './folder-file.ts'
import { findToken, type Profile, readProfiles, tokenIn } from './profiles.ts'
import { chooseToken, defaultUrl, type ProfileToken, type UrlSource } from './token.ts'

export interface Target {
  url: string
  urlFrom: UrlSource
  profile: string | undefined
  account: string | undefined
  cluster: string | undefined
  service: string | undefined
  /** A file of certificates (PEM). */
  ca: string | undefined
  colour: Profile['colour']
  /** Why `--yes` does not count. */
  notConfirmedBecause: string | undefined
  /** Read when the first request is sent. */
  token: () => Promise<{ token: string | undefined; from: string; warning?: string }>
}

export interface TargetSources {
  flags: Flags
  environment: Readonly<Record<string, string | undefined>>
  workingFolder: string
}

export function findTarget({ flags, environment, workingFolder }: TargetSources): Target {
  const file = findFolderFile(workingFolder)
  const { current, profiles } = readProfiles(environment)
  const requestedProfile = flags.text('profile') ?? (environment.ECS_API_PROFILE || undefined)
  const name = requestedProfile ?? current
  const profile = name === undefined ? undefined : profiles[name]
  if (requestedProfile !== undefined && profile === undefined)
    throw unknownProfile(requestedProfile, Object.keys(profiles))

  const environmentUrl = environment.ECS_API_URL ? cleanUrl('ECS_API_URL', environment.ECS_API_URL) : undefined
  const sources: [UrlSource, string | undefined, string][] = [
    ['flag', flags.text('url'), '--url'],
    // A profile that a flag names takes precedence over the environment and the folder.
    ['profile', flags.text('profile') === undefined ? undefined : profile?.url, `profile ${name}`],
    ['environment', environmentUrl, 'ECS_API_URL'],
    ['folder', file?.url, file?.file ?? ''],
    ['profile', profile?.url, `profile ${name}`],
    ['default', defaultUrl, ''],
  ]
  const [urlFrom, sourceUrl, place] = sources.find(([, value]) => value !== undefined)!
  const url = cleanUrl(place, sourceUrl!)
  // A profile's account and cluster are used only with the profile's address.
  const ofProfile = profile !== undefined && cleanUrl(`profile ${name}`, profile.url) === url ? profile : undefined
  const isAlways = file?.confirm === 'always' || ofProfile?.confirm === 'always'

  let chosen: ReturnType<typeof chooseToken> | undefined
  return {
    url,
    urlFrom,
    profile: profile === undefined ? undefined : name,
    account: flags.text('account') ?? (environment.ECS_API_ACCOUNT || file?.account || ofProfile?.account),
    cluster: flags.text('cluster') ?? (environment.ECS_API_CLUSTER || file?.cluster || ofProfile?.cluster),
    service: file?.service,
    ca: ofProfile?.ca,
    colour: profile?.colour,
    notConfirmedBecause:
      isAlways && flags.text('profile') === undefined
        ? 'confirm: always is set here, so --yes also needs --profile NAME.'
        : undefined,
    token: () => {
      chosen ??= chooseToken({
        url,
        source: urlFrom,
        environment: { url: environmentUrl, token: environment.ECS_API_TOKEN || undefined },
        ofProfile: () => profileToken(environment, profiles, url, name),
        ofDataFolder: () => tokenIn(join(workingFolder, 'data', 'token')),
      })
      return chosen
    },
  }
}

/** The token for this address: from the preferred profile, or else from any profile with exactly this address. */
async function profileToken(
  environment: TargetSources['environment'],
  profiles: Readonly<Record<string, Profile>>,
  url: string,
  preferredName: string | undefined,
): Promise<ProfileToken | undefined> {
  const names = Object.keys(profiles).sort((a, b) => Number(b === preferredName) - Number(a === preferredName))
  for (const name of names) {
    const profile = profiles[name]!
    if (cleanUrl(`profile ${name}`, profile.url) !== url) continue
    const token =
      profile.tokenCommand === undefined
        ? findToken(environment, name, url)
        : await tokenPrintedBy(name, profile.tokenCommand)
    if (token !== undefined) return { token, profile: name }
  }
  return undefined
}

async function tokenPrintedBy(name: string, command: string): Promise<string> {
  const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c']
  try {
    const { stdout } = await promisify(execFile)(shell, [flag, command])
    if (stdout.trim() === '') throw new Error('it printed nothing')
    return stdout.trim()
  } catch (error) {
    // The message of execFile contains the command. A command names a secret, but does not contain it.
    throw new CliError(4, `tokenCommand of profile ${name}: ${(error as Error).message.trim()}`)
  }
}

/** @returns the address without a slash at its end @throws UsageError */
export function cleanUrl(place: string, text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash)
    throw new UsageError(`${place}: "${text}" is not an address of a gateway: give http://HOST:PORT or https://HOST.`)
  if (parsed.username || parsed.password) throw new UsageError(`${place}: the address must not contain a password.`)
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
}

function unknownProfile(name: string, names: readonly string[]): UsageError {
  const nearest = nearestAlways(name, names, 3)
  return new UsageError(
    `There is no profile ${name}.`,
    nearest.length > 0 ? `Profiles: ${nearest.join(', ')}` : `Create it: ecs-api login URL --name ${name}`,
  )
}
