/**
 * Finds the gateway, account and cluster of a command. Order of precedence: flag, environment, `.ecs-api.yaml` of the
 * folder or its nearest parent, profile, and for the gateway the one that runs with `./data`.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CliError, exitCode, UsageError } from '../errors.ts'
import type { Flags } from '../flags.ts'
import { nearestNames } from '../nearest.ts'
import { findFolderFile } from './folder-file.ts'
import { findToken, type Profile, readProfiles, readTokenFile } from './profiles.ts'
import { findRunningGateway } from './running-gateway.ts'
import { type ChosenToken, chooseToken, defaultUrl, type ProfileToken, type UrlSource } from './token.ts'

export interface Target {
  url: string
  urlSource: UrlSource
  /** Why no request can be sent: no address is named, and no gateway runs with `./data`. */
  noGateway: CliError | undefined
  /** The name of the profile. */
  profile: string | undefined
  account: string | undefined
  cluster: string | undefined
  service: string | undefined
  /** The path of a file of certificates (PEM) to trust. */
  ca: string | undefined
  colour: Profile['colour']
  /** Why `--yes` has no effect; undefined when it has its effect. */
  yesIgnoredReason: string | undefined
  /** Reads the token, once. */
  token: () => Promise<ChosenToken>
}

export interface TargetSources {
  flags: Flags
  environment: Readonly<Record<string, string | undefined>>
  workingFolder: string
}

export function findTarget({ flags, environment, workingFolder }: TargetSources): Target {
  const folderFile = findFolderFile(workingFolder)
  const { current: currentProfile, profiles } = readProfiles(environment)
  const requestedProfile = flags.text('profile') ?? (environment.ECS_API_PROFILE || undefined)
  const profileName = requestedProfile ?? currentProfile
  const profile = profileName === undefined ? undefined : profiles[profileName]
  if (requestedProfile !== undefined && profile === undefined)
    throw unknownProfile(requestedProfile, Object.keys(profiles))

  const environmentUrl = environment.ECS_API_URL ? cleanUrl('ECS_API_URL', environment.ECS_API_URL) : undefined
  const dataUrl = findRunningGateway(workingFolder)
  const urlSources: [source: UrlSource, url: string | undefined, nameForErrors: string][] = [
    ['flag', flags.text('url'), '--url'],
    // A profile that a flag names takes precedence over the environment and the folder.
    ['profile', flags.text('profile') === undefined ? undefined : profile?.url, `profile ${profileName}`],
    ['environment', environmentUrl, 'ECS_API_URL'],
    ['folder-file', folderFile?.url, folderFile?.file ?? ''],
    ['profile', profile?.url, `profile ${profileName}`],
    ['data-folder', dataUrl, 'data/url'],
    ['default', defaultUrl, ''],
  ]
  const [urlSource, sourceUrl, nameForErrors] = urlSources.find(([, value]) => value !== undefined)!
  const url = cleanUrl(nameForErrors, sourceUrl!)
  // The account, the cluster and other settings of a profile apply only to the address of the profile.
  const isUrlOfProfile =
    profile?.url === undefined
      ? urlSource === 'data-folder' || urlSource === 'default'
      : cleanUrl(`profile ${profileName}`, profile.url) === url
  const profileOfUrl = isUrlOfProfile ? profile : undefined
  const alwaysAsks = folderFile?.confirm === 'always' || profileOfUrl?.confirm === 'always'

  let chosenToken: ReturnType<typeof chooseToken> | undefined
  return {
    url,
    urlSource,
    noGateway: urlSource === 'default' && !environment.ECS_API_TOKEN ? noGatewayError() : undefined,
    profile: profile === undefined ? undefined : profileName,
    account: flags.text('account') ?? (environment.ECS_API_ACCOUNT || folderFile?.account || profileOfUrl?.account),
    cluster: flags.text('cluster') ?? (environment.ECS_API_CLUSTER || folderFile?.cluster || profileOfUrl?.cluster),
    service: folderFile?.service,
    ca: profileOfUrl?.ca,
    colour: profile?.colour,
    yesIgnoredReason:
      alwaysAsks && flags.text('profile') === undefined
        ? 'confirm: always is set here, so --yes also needs --profile NAME.'
        : undefined,
    token: () => {
      chosenToken ??= chooseToken({
        url,
        urlSource,
        environment: { url: environmentUrl, token: environment.ECS_API_TOKEN || undefined },
        findProfileToken: () => findProfileToken(environment, profiles, { url, preferredName: profileName }),
        dataUrl,
        readDataToken: () => readTokenFile(join(workingFolder, 'data', 'token')),
      })
      return chosenToken
    },
  }
}

/** Finds the token for an address: of the preferred profile, or else of another profile with exactly this address. */
async function findProfileToken(
  environment: TargetSources['environment'],
  profiles: Readonly<Record<string, Profile>>,
  { url, preferredName }: { url: string; preferredName: string | undefined },
): Promise<ProfileToken | undefined> {
  const names = Object.keys(profiles).sort((a, b) => Number(b === preferredName) - Number(a === preferredName))
  for (const name of names) {
    const profile = profiles[name]!
    if (profile.url === undefined || cleanUrl(`profile ${name}`, profile.url) !== url) continue
    const token =
      profile.tokenCommand === undefined
        ? findToken(environment, name, url)
        : await tokenPrintedBy(name, profile.tokenCommand)
    if (token !== undefined) return { token, profile: name }
  }
  return undefined
}

/** Runs the `tokenCommand` of a profile. */
async function tokenPrintedBy(profileName: string, command: string): Promise<string> {
  const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c']
  try {
    const { stdout } = await promisify(execFile)(shell, [flag, command])
    if (stdout.trim() === '') throw new Error('it printed nothing')
    return stdout.trim()
  } catch (error) {
    // The message contains the command. The command reads the token from elsewhere, so it contains no secret.
    throw new CliError(
      exitCode.notPermitted,
      `tokenCommand of profile ${profileName}: ${(error as Error).message.trim()}`,
    )
  }
}

/** @param nameForErrors where the text comes from @returns the address without a slash at its end @throws UsageError */
export function cleanUrl(nameForErrors: string, text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash)
    throw new UsageError(
      `${nameForErrors}: "${text}" is not an address of a gateway: give http://HOST:PORT or https://HOST.`,
    )
  if (parsed.username || parsed.password)
    throw new UsageError(`${nameForErrors}: the address must not contain a password.`)
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
}

function noGatewayError(): CliError {
  return new CliError(
    exitCode.unavailable,
    'No gateway runs with the data folder in this folder.',
    'Start one here: npm start, or ecs-api serve. Name another one: ecs-api login URL, or --url URL',
  )
}

function unknownProfile(name: string, names: readonly string[]): UsageError {
  const nearest = nearestNames(name, names, 3)
  return new UsageError(
    `There is no profile ${name}.`,
    nearest.length > 0 ? `Profiles: ${nearest.join(', ')}` : `Create it: ecs-api login URL --name ${name}`,
  )
}
