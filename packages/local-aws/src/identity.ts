/** Determines the caller of a request from its signature. */
import { partitionOf } from '@ecs-api/ecs-model'
import { type Account, defaultAccount } from './accounts.ts'
import type { Clock } from './clock.ts'
import { AwsError } from './protocol/aws-error.ts'
import type { AwsRequest, Caller } from './protocol/exchange.ts'
import { checkSignature, checkSigningTime, getSignature, parseSignature, type Signature } from './protocol/signature.ts'
import type { Session } from './sts/service.ts'

export interface IdentityDeps {
  accounts: () => readonly Account[]
  findSession: (accessKeyId: string) => Session | undefined
  clock: Clock
  /**
   * Whether a signature must be made with a key that the engine knows. Otherwise any well-formed signature is accepted.
   */
  verifySignatures: boolean
}

const MAX_SKEW_MS = 5 * 60_000
const MAX_STS_SKEW_MS = 15 * 60_000

/** A request whose head is valid. Its signature is verified later, because that needs the body. */
interface CheckedHead {
  signature: Signature
  /** The secret key of the caller; undefined when signatures are not verified. */
  secret: string | undefined
  caller: Caller
}

/**
 * Checks everything about a request's identity that needs only its head: a well-formed signature, a known key, a
 * session that has not expired, and the time of the signature.
 * @throws AwsError with ECS's messages.
 */
export function checkRequestHead(
  head: AwsRequest,
  { accounts, findSession, clock, verifySignatures }: IdentityDeps,
): CheckedHead {
  const signature = getSignature(head)
  const { accessKeyId, region, service } = signature
  const session = findSession(accessKeyId)
  if (session) checkSession(head, session, clock.now())
  const account = accounts().find((candidate) => candidate.accessKeyId === accessKeyId)
  let secret: string | undefined
  if (verifySignatures) {
    secret =
      session?.secretAccessKey ??
      (head.headers['x-amz-security-token'] === undefined ? account?.secretAccessKey : undefined)
    if (secret === undefined) throw unrecognizedClient()
    checkSigningTime(head, clock.now(), service === 'sts' ? MAX_STS_SKEW_MS : MAX_SKEW_MS)
  }
  const caller = session
    ? { account: session.account, region, arn: session.arn, userId: session.userId }
    : rootCaller(account?.number ?? accountOfKey(accessKeyId), region)
  return { signature, secret, caller }
}

/**
 * The caller of a whole request over TCP.
 * @throws AwsError for an unknown caller or a wrong signature, as AWS does.
 */
export async function callerBySignature(call: AwsRequest, deps: IdentityDeps): Promise<Caller> {
  const { signature, secret, caller } = checkRequestHead(call, deps)
  if (secret !== undefined) await checkSignature(call, signature, secret)
  return caller
}

/** The caller of a request in process: the account, without a check, in the Region of the client's signature. */
export function callerInProcess(account: string, call: AwsRequest): Caller {
  const signature: Signature | undefined = parseSignature(call)
  return rootCaller(account, signature?.region ?? 'us-east-1')
}

function rootCaller(account: string, region: string): Caller {
  return { account, region, arn: `arn:${partitionOf(region)}:iam::${account}:root`, userId: account }
}

function checkSession(call: AwsRequest, { sessionToken, expiresAt }: Session, now: number): void {
  if (call.headers['x-amz-security-token'] !== sessionToken) throw unrecognizedClient()
  if (now >= expiresAt)
    throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired')
}

/** As in other local AWS implementations, an access key of twelve digits is the account's number. */
function accountOfKey(accessKeyId: string): string {
  return /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaultAccount.number
}

function unrecognizedClient(): AwsError {
  return new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.')
}
