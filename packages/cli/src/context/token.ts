/**
 * Decides which token is sent to an address. A token must not reach an address that somebody else chose:
 * - A profile's token goes to exactly the address that the profile holds it for. It is the only token that goes to the
 *   address in a folder's `.ecs-api.yaml`.
 * - `ECS_API_TOKEN` goes to `ECS_API_URL`, or, without that variable, to a loopback address.
 * - `./data/token` goes to the address that the running gateway has stored beside it.
 */

/** Where the address comes from: `folder-file` is an `.ecs-api.yaml`, and `data-folder` is `./data/url`. */
export type UrlSource = 'flag' | 'environment' | 'folder-file' | 'profile' | 'data-folder' | 'default'

/** The address of a gateway without configuration. */
export const defaultUrl = 'http://127.0.0.1:8000'

export interface ProfileToken {
  token: string
  /** The name of the profile. */
  profile: string
}

export interface TokenSources {
  url: string
  urlSource: UrlSource
  /** `ECS_API_URL` and `ECS_API_TOKEN`. */
  environment: { url: string | undefined; token: string | undefined }
  /** Finds the token that a profile holds for exactly this address. */
  findProfileToken: () => ProfileToken | undefined | Promise<ProfileToken | undefined>
  /** The address in `./data/url`, while its gateway runs. */
  dataUrl: string | undefined
  /** Reads `./data/token`, the token that a new gateway writes. */
  readDataToken: () => string | undefined
}

export interface ChosenToken {
  token: string | undefined
  /** Where the token comes from, such as `profile prod`; `nowhere` without a token. */
  source: string
  /** Why another token, which exists, is not sent. */
  warning?: string
}

function environmentTokenReason({ urlSource, environment }: TokenSources): string {
  if (environment.url !== undefined) return `it belongs to ${environment.url}`
  return urlSource === 'folder-file' ? 'the address comes from .ecs-api.yaml' : 'it belongs to loopback addresses'
}

export async function chooseToken(sources: TokenSources): Promise<ChosenToken> {
  const { url, urlSource, environment, dataUrl } = sources
  const isEnvironmentUrl =
    environment.url === undefined ? isLoopback(url) && urlSource !== 'folder-file' : environment.url === url
  if (environment.token !== undefined && isEnvironmentUrl) return { token: environment.token, source: 'ECS_API_TOKEN' }
  const environmentWarning =
    environment.token === undefined
      ? {}
      : { warning: `ECS_API_TOKEN is not sent to ${url}: ${environmentTokenReason(sources)}.` }
  const profileToken = await sources.findProfileToken()
  if (profileToken !== undefined)
    return { token: profileToken.token, source: `profile ${profileToken.profile}`, ...environmentWarning }
  const dataToken = url === dataUrl && urlSource !== 'folder-file' ? sources.readDataToken() : undefined
  if (dataToken !== undefined) return { token: dataToken, source: './data/token', ...environmentWarning }
  if (environment.token !== undefined) return { token: undefined, source: 'nowhere', ...environmentWarning }
  const isAddressNamed = urlSource !== 'folder-file' && urlSource !== 'default'
  const isDataTokenUnsent = isLoopback(url) && isAddressNamed && sources.readDataToken() !== undefined
  const owner = dataUrl === undefined ? 'its gateway does not run' : `it belongs to ${dataUrl}`
  const hint =
    urlSource === 'profile' && dataUrl !== undefined
      ? ` The profile names ${url}. For the gateway of ./data: --url ${dataUrl}`
      : ''
  const dataTokenWarning = { warning: `./data/token is not sent to ${url}: ${owner}.${hint}` }
  return { token: undefined, source: 'nowhere', ...(isDataTokenUnsent && dataTokenWarning) }
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
