import type { Call } from './exchange.ts'

/** What the signature of a request says of its signer: `Credential=KEY/20261123/us-east-1/ecs/aws4_request`. */
export interface CredentialScope {
  accessKeyId: string
  /** `yyyymmdd`. */
  date: string
  region: string
  service: string
}

/** Undefined where there is no well-formed Signature Version 4 in the headers. */
export function credentialScope({ headers }: Call): CredentialScope | undefined {
  const [, accessKeyId, date, region, service] =
    /^AWS4-HMAC-SHA256 (?:.*[ ,])?Credential=([^/, ]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request(?:[ ,]|$)/.exec(headers.authorization ?? '') ?? []
  return accessKeyId && date && region && service ? { accessKeyId, date, region, service } : undefined
}

export function regionOf(call: Call): string | undefined {
  return credentialScope(call)?.region
}
