/**
 * The data keys of encrypted sessions. When a cluster's configuration names a KMS key, the agent in the container and
 * this gateway encrypt their messages with a data key that KMS generates.
 */
import type { Account } from '../aws/account.ts'
import { Problem } from '../problems/problem.ts'
import type { KeyRequest } from './channel/handshake.ts'

/** An encrypted session, as KMS's encryption context names it. */
interface EncryptedSession {
  /** AWS's id. */
  sessionId: string
  /** The id of the container for Systems Manager: `ecs:CLUSTER_TASK_RUNTIMEID`. */
  targetId: string
}

export interface SessionKey {
  plaintext: Uint8Array
  /** The encrypted data key. Only the agent's role can have KMS decrypt it. */
  ciphertext: Uint8Array
}

/** A data key has 32 bytes for each direction. */
const keyBytes = 64

/**
 * Checks before a session is opened that this gateway can encrypt it. Otherwise the failure would come too late: the
 * agent requests the data key only after the client has got its response.
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
    // KMS returns this error for a dry run that would have succeeded.
    if (!(error instanceof Problem && error.code === 'DryRunOperationException')) throw error
  }
}

/**
 * Has KMS generate the data key of a session.
 * @throws Problem in the same cases as `requireSessionKey`
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
