/**
 * Profiles: `config.yaml` has addresses and names, `credentials.yaml` the tokens. Both are in the platform's
 * configuration folder. A file of tokens that other users can read is refused.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../errors.ts'
import { readYaml } from './read-yaml.ts'

export interface Profile {
  url: string
  account?: string | undefined
  cluster?: string | undefined
  /** A file of certificates (PEM) to trust beside Node's own. */
  ca?: string | undefined
  colour?: 'auto' | 'always' | 'never' | undefined
  /** `always`: `--yes` also needs `--profile`. */
  confirm?: 'always' | undefined
  /** A command that prints the token, instead of one in `credentials.yaml`. */
  tokenCommand?: string | undefined
  /** Account and cluster before the last `use`. */
  previous?: { account?: string | undefined; cluster?: string | undefined } | undefined
}

export interface Profiles {
  current?: string | undefined
  profiles: Record<string, Profile>
}

/** A token is stored with its address, so that it is not sent to another address when the profile's is changed. */
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
    const profile = readYaml.check(`${file}: profiles.${name}`, value, profileFields) as unknown as Profile
    if (profile.url === undefined) throw new CliError(2, `${file}: profiles.${name} has no url.`, 'ecs-api login URL')
    profiles[name] = profile
  }
  return { current: content?.current as string | undefined, profiles }
}

export function writeProfiles(environment: Environment, profiles: Profiles): void {
  write(environment, 'config.yaml', profiles)
}

/** The token that the profile holds for exactly this address. */
export function findToken(environment: Environment, name: string, url: string): string | undefined {
  const stored = storedTokens(environment)[name]
  return stored?.url === url ? stored.token : undefined
}

export function storeToken(environment: Environment, name: string, stored: StoredToken): void {
  write(environment, 'credentials.yaml', { tokens: { ...storedTokens(environment), [name]: stored } })
}

/** @returns whether there was a token */
export function removeToken(environment: Environment, name: string): boolean {
  const { [name]: removed, ...others } = storedTokens(environment)
  if (removed !== undefined) write(environment, 'credentials.yaml', { tokens: others })
  return removed !== undefined
}

function storedTokens(environment: Environment): Record<string, StoredToken> {
  const file = credentialsFile(environment)
  requireOwnerOnly(file)
  return (readYaml(file, { tokens: 'map' })?.tokens ?? {}) as Record<string, StoredToken>
}

const ownerOnly = 0o600

const credentialsFile = (environment: Environment) => join(configurationFolder(environment), 'credentials.yaml')

/** @throws CliError with exit code 4 when others can read the file. On Windows the folder belongs to one person. */
function requireOwnerOnly(file: string): void {
  if (process.platform === 'win32') return
  const mode = statSync(file, { throwIfNoEntry: false })?.mode
  if (mode === undefined || (mode & 0o077) === 0) return
  throw new CliError(4, `${file} can be read by others, so its tokens are not used.`, `chmod 600 ${file}`)
}

/** Writes JSON, which is YAML and is read in a tenth of the time. */
function write(environment: Environment, name: string, value: object): void {
  const folder = configurationFolder(environment)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, name)
  const temporaryFile = `${file}.${process.pid}`
  writeFileSync(temporaryFile, `${JSON.stringify(value, undefined, 2)}\n`, { mode: ownerOnly })
  chmodSync(temporaryFile, ownerOnly)
  renameSync(temporaryFile, file)
}

/** The token in a file that has nothing else; undefined when the file is empty or cannot be read. */
export function tokenIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
