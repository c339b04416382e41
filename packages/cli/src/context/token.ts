/**
 * Decides which token is sent to which address. A token must not reach an address that somebody else chose:
 * - `ECS_API_TOKEN` goes to `ECS_API_URL`, or, without that variable, to a loopback address;
 * - `./data/token` goes to `http://127.0.0.1:8000` only;
 * - the address of a folder's `.ecs-api.yaml` gets only the token that a profile holds for exactly that address;
 * - an address from a flag or a profile that is not loopback gets only such a token, too.
 */

export type UrlSource = 'flag' | 'environment' | 'folder' | 'profile' | 'default'

export const defaultUrl = 'http://127.0.0.1:8000'

export interface ProfileToken {
  token: string
  profile: string
}

export interface TokenSources {
  url: string
  source: UrlSource
  environment: { url: string | undefined; token: string | undefined }
  /** The token that a profile holds for exactly this address. */
  ofProfile: () => ProfileToken | undefined | Promise<ProfileToken | undefined>
  /** The content of `./data/token`. */
  ofDataFolder: () => string | undefined
}

export interface ChosenToken {
  token: string | undefined
  /** Where it comes from, for `whoami`, `doctor` and a rejected token. */
  from: string
  /** Why a token that is there is not used. */
  warning?: string
}

export async function chooseToken(sources: TokenSources): Promise<ChosenToken> {
  const { url, source, environment } = sources
  const isOfEnvironment =
    environment.url === undefined ? isLoopback(url) && source !== 'folder' : environment.url === url
  if (environment.token !== undefined && isOfEnvironment) return { token: environment.token, from: 'ECS_API_TOKEN' }
  const warning =
    environment.token === undefined
      ? {}
      : { warning: `ECS_API_TOKEN is not sent to ${url}: it belongs to ${environment.url ?? 'loopback addresses'}.` }
  const ofProfile = await sources.ofProfile()
  if (ofProfile !== undefined) return { token: ofProfile.token, from: `profile ${ofProfile.profile}`, ...warning }
  const ofDataFolder = url === defaultUrl && source !== 'folder' ? sources.ofDataFolder() : undefined
  if (ofDataFolder !== undefined) return { token: ofDataFolder, from: './data/token', ...warning }
  if (environment.token !== undefined) return { token: undefined, from: 'nowhere', ...warning }
  const isElsewhere = isLoopback(url) && source !== 'folder' && sources.ofDataFolder() !== undefined
  const warningOfFile = { warning: `./data/token is sent to ${defaultUrl} only: leave --url out, or use that address.` }
  return { token: undefined, from: 'nowhere', ...(isElsewhere && warningOfFile) }
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
