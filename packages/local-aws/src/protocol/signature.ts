/** AWS Signature Version 4 in the Authorization header: parsing it, and verifying it with a secret. */
import { timingSafeEqual } from 'node:crypto'
import { Sha256 } from '@smithy/core/checksum'
import { HttpRequest } from '@smithy/core/transport'
import { SignatureV4 } from '@smithy/signature-v4'
import { AwsError } from './aws-error.ts'
import type { AwsRequest } from './exchange.ts'

/**
 * The parts of `AWS4-HMAC-SHA256 Credential=KEY/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host;x-amz-date,
 * Signature=…`.
 */
export interface Signature {
  accessKeyId: string
  /** `yyyymmdd`. */
  date: string
  region: string
  service: string
  signedHeaders: string[]
  signature: string
}

/** Parses the signature of a request. Undefined when it is missing or malformed. */
export function parseSignature({ headers }: AwsRequest): Signature | undefined {
  const header = headers.authorization
  if (!header?.startsWith('AWS4-HMAC-SHA256 ')) return undefined
  const parameter = (name: string) => new RegExp(`[ ,]${name}=([^ ,]+)`).exec(header)?.[1] ?? ''
  const [, accessKeyId, date, region, service] =
    /^([^/]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request$/.exec(parameter('Credential')) ?? []
  const signature = parameter('Signature')
  const signedHeaders = parameter('SignedHeaders').split(';')
  if (!accessKeyId || !date || !region || !service || !/^[0-9a-f]{64}$/.test(signature) || signedHeaders[0] === '')
    return undefined
  return { accessKeyId, date, region, service, signedHeaders, signature }
}

/**
 * @throws AwsError MissingAuthenticationTokenException without a signature, IncompleteSignatureException for a
 * malformed one, in AWS's words.
 */
export function getSignature(call: AwsRequest): Signature {
  if (call.headers.authorization === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const signature = parseSignature(call)
  if (!signature)
    throw new AwsError(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
    )
  return signature
}

/** @throws AwsError InvalidSignatureException when the signature was not made with this secret for this request. */
export async function checkSignature(call: AwsRequest, signature: Signature, secretAccessKey: string): Promise<void> {
  const isDateSigned = (call.headers['x-amz-date'] ?? '').startsWith(signature.date)
  if (
    isDateSigned &&
    coversRequiredHeaders(call, signature) &&
    (await isPayloadAsSigned(call)) &&
    (await isSignedWith(call, signature, secretAccessKey))
  )
    return
  throw invalidSignature(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  )
}

/**
 * @param maxSkewMs how far the signer's clock may differ, in milliseconds: five minutes for most services
 * @throws AwsError when the signing time differs from `now` by more than `maxSkewMs`.
 */
export function checkSigningTime({ headers }: AwsRequest, now: number, maxSkewMs: number): void {
  const signedAt = headers['x-amz-date'] ?? ''
  const time = parseBasicDate(signedAt)
  if (time === undefined)
    throw new AwsError(
      'IncompleteSignatureException',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    )
  const minutes = maxSkewMs / 60_000
  if (time < now - maxSkewMs)
    throw invalidSignature(
      `Signature expired: ${signedAt} is now earlier than ${basicDate(now - maxSkewMs)} (${basicDate(now)} - ${minutes} min.)`,
    )
  if (time > now + maxSkewMs)
    throw invalidSignature(
      `Signature not yet current: ${signedAt} is still later than ${basicDate(now + maxSkewMs)} (${basicDate(now)} + ${minutes} min.)`,
    )
}

// These headers determine the host, the time, the action and the session, so they must be signed if they are present.
const requiredSignedHeaders = ['host', 'x-amz-date', 'x-amz-target', 'x-amz-security-token']

function coversRequiredHeaders({ headers }: AwsRequest, { signedHeaders }: Signature): boolean {
  const isSigned = (name: string) => signedHeaders.includes(name)
  return isSigned('host') && requiredSignedHeaders.every((name) => headers[name] === undefined || isSigned(name))
}

async function isPayloadAsSigned({ headers, body }: AwsRequest): Promise<boolean> {
  const claimedHash = headers['x-amz-content-sha256']
  if (claimedHash === undefined) return true
  const hash = new Sha256()
  hash.update(body)
  return Buffer.from(await hash.digest()).toString('hex') === claimedHash
}

async function isSignedWith(call: AwsRequest, signature: Signature, secretAccessKey: string): Promise<boolean> {
  const { accessKeyId, region, service, signedHeaders } = signature
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  })
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, call.headers[name] ?? '']))
  const request = new HttpRequest({ method: call.method, path: call.path, query: call.query, headers, body: call.body })
  const signed = await signer.sign(request, {
    signingDate: new Date(parseBasicDate(call.headers['x-amz-date'] ?? '') ?? 0),
    signableHeaders: new Set(signedHeaders),
  })
  const expected = parseSignature({ ...call, headers: signed.headers })?.signature ?? ''
  return (
    expected.length === signature.signature.length &&
    timingSafeEqual(Buffer.from(expected), Buffer.from(signature.signature))
  )
}

function parseBasicDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** The time in the form `20261123T150000Z`. */
function basicDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function invalidSignature(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message)
}
