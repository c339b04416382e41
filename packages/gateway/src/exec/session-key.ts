/**
 * The data keys of encrypted sessions. A cluster's configuration may name a KMS key. The agent in the container and this
 * service then encrypt their messages with a data key that KMS generates.
 */
import type { Account } from '../aws/account.ts'
import { Problem } from '../problems/problem.ts'
import type { KeyRequest } from './channel/handshake.ts'

/** An encrypted session, as KMS's encryption context names it. */
interface EncryptedSession {
  /** AWS's id. */
  sessionId: string
  /** The target as Systems Manager names it: `ecs:CLUSTER_TASK_RUNTIMEID`. */
  targetId: string
}

export interface SessionKey {
  plaintext: Uint8Array
  /** Only the agent's role can have KMS decrypt it. */
  ciphertext: Uint8Array
}

/** 32 bytes for each direction. */
const keyBytes = 64

/**
 * Checks before a session is opened that this service can encrypt it: the agent would ask for the data key only after
 * the response to the client.
 * @throws Conflict `ExecKeyUnusable`: the key is missing or disabled
 * @throws BadGateway `AwsAccessDenied` for `kms:GenerateDataKey`
 * @throws NotOfferedByAws where the endpoint has no KMS
 */
export async function requireSessionKey(account: Account, cluster: string): Promise<void> {
  const { clusters = [] } = await account.ecs().describeClusters({ clusters: [cluster], include: ['CONFIGURATIONS'] })
  const { kmsKeyId } = clusters[0]?.configuration?.executeCommandConfiguration ?? {}
  if (kmsKeyId === undefined) return
  const kms = await account.kms()
  try {
    await kms.generateDataKey({ KeyId: kmsKeyId, NumberOfBytes: keyBytes, DryRun: true })
  } catch (error) {
    // KMS's answer to a dry run that would have succeeded.
    if (!(error instanceof Problem && error.code === 'DryRunOperationException')) throw error
  }
}

/**
 * Has KMS generate the data key of a session.
 * @throws Problem as `requireSessionKey` does
 */
export async function generateSessionKey(
  account: Account,
  { sessionId, targetId }: EncryptedSession,
  { keyId, challenge }: KeyRequest,
): Promise<SessionKey> {
  const kms = await account.kms()
  const { Plaintext: plaintext, CiphertextBlob: ciphertext } = await kms.generateDataKey({
    KeyId: keyId,
    NumberOfBytes: keyBytes,
    EncryptionContext: {
      'aws:ssm:SessionId': sessionId,
      'aws:ssm:TargetId': targetId,
      ...(challenge !== undefined && { 'aws:ssm:RandomChallenge': challenge }),
    },
  })
  if (!plaintext || !ciphertext) throw new Error('KMS answered GenerateDataKey without a key.')
  return { plaintext, ciphertext }
}
