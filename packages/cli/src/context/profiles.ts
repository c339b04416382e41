/**
 * Reads and writes profiles, in the platform's configuration folder. `config.yaml` has the profiles, and
 * `credentials.yaml` has their tokens. A `credentials.yaml` that other users can read is rejected.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CliError, exitCode } from '../errors.ts'
import { checkKeys, readYaml } from './read-yaml.ts'

export interface Profile {
  /** Undefined: the gateway that runs with the data folder of the folder in which a command is called. */
  url?: string | undefined
  account?: string | undefined
  cluster?: string | undefined
  /** The path of a file of certificates (PEM) to trust, in addition to Node's own. */
  ca?: string | undefined
  colour?: 'auto' | 'always' | 'never' | undefined
  /** `always`: `--yes` also needs `--profile`. */
  confirm?: 'always' | undefined
  /** A command that prints the token. The profile then has no token in `credentials.yaml`. */
  tokenCommand?: string | undefined
  /** The account and the cluster before the last `ecs-api use`. */
  previous?: { account?: string | undefined; cluster?: string | undefined } | undefined
}

export interface Profiles {
  /** The name of the profile that commands use by default. */
  current?: string | undefined
  profiles: Record<string, Profile>
}

/** A token with the address of its gateway. When the profile's address is changed, the token is not sent there. */
interface StoredToken {
  url: string
  token: string
}

type Environment = Readonly<Record<string, string | undefined>>

function configurationFolder(environment: Environment, platform: string = process.platform): string {
  if (platform === 'win32') return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'ecs-api')
  return join(environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config'), 'ecs-api')
}

const profileFields = {
  url: 'text',
  account: 'text',
  cluster: 'text',
  ca: 'text',
  colour: ['auto', 'always', 'never'],
  confirm: ['always'],
  tokenCommand: 'text',
  previous: 'map',
} as const

export function readProfiles(environment: Environment): Profiles {
  const file = join(configurationFolder(environment), 'config.yaml')
  const content = readYaml(file, { current: 'text', profiles: 'map' })
  const profiles: Record<string, Profile> = {}
  for (const [name, value] of Object.entries((content?.profiles ?? {}) as Record<string, unknown>)) {
    profiles[name] = checkKeys(`${file}: profiles.${name}`, value, profileFields) as Profile
  }
  return { current: content?.current as string | undefined, profiles }
}

export function writeProfiles(environment: Environment, profiles: Profiles): void {
  writeJson(environment, 'config.yaml', profiles)
}

/** The token that the profile holds for exactly this address. */
export function findToken(environment: Environment, profileName: string, url: string): string | undefined {
  const stored = storedTokens(environment)[profileName]
  return stored?.url === url ? stored.token : undefined
}

export function storeToken(environment: Environment, name: string, stored: StoredToken): void {
  writeJson(environment, 'credentials.yaml', { tokens: { ...storedTokens(environment), [name]: stored } })
}

/** @returns whether there was a token */
export function removeToken(environment: Environment, name: string): boolean {
  const { [name]: removed, ...others } = storedTokens(environment)
  if (removed !== undefined) writeJson(environment, 'credentials.yaml', { tokens: others })
  return removed !== undefined
}

function storedTokens(environment: Environment): Record<string, StoredToken> {
  const file = credentialsFile(environment)
  requireOwnerOnly(file)
  return (readYaml(file, { tokens: 'map' })?.tokens ?? {}) as Record<string, StoredToken>
}

const ownerOnlyMode = 0o600

const credentialsFile = (environment: Environment) => join(configurationFolder(environment), 'credentials.yaml')

/** @throws CliError with exit code 4 when others can read the file. On Windows each user has such a folder. */
function requireOwnerOnly(file: string): void {
  if (process.platform === 'win32') return
  const mode = statSync(file, { throwIfNoEntry: false })?.mode
  if (mode === undefined || (mode & 0o077) === 0) return
  throw new CliError(
    exitCode.notPermitted,
    `${file} can be read by others, so its tokens are not used.`,
    `chmod 600 ${file}`,
  )
}

/** Writes JSON, which is also YAML and is parsed ten times as fast. */
function writeJson(environment: Environment, fileName: string, value: object): void {
  const folder = configurationFolder(environment)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, fileName)
  const temporaryFile = `${file}.${process.pid}`
  writeFileSync(temporaryFile, `${JSON.stringify(value, undefined, 2)}\n`, { mode: ownerOnlyMode })
  chmodSync(temporaryFile, ownerOnlyMode)
  renameSync(temporaryFile, file)
}

/** Reads a file that contains only a token. @returns undefined when the file is empty or cannot be read */
export function readTokenFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
