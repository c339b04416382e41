/**
 * The credentials of a task's role, which its containers fetch from the task endpoint (ECS Developer Guide, "Amazon ECS
 * task IAM role").
 */
import { createHash } from 'node:crypto'
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { definitionOf } from '../tasks/task-spec.ts'

/** The response in the form of ECS's own endpoint, which every AWS SDK can read. */
interface RoleCredentials {
  RoleArn: string
  AccessKeyId: string
  SecretAccessKey: string
  Token: string
  /** ISO 8601. */
  Expiration: string
}

export interface AssumedRole {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

export interface TaskCredentials {
  /** Undefined for a task without a role. */
  credentialsOf(ecsTables: EcsTables, task: TaskRecord): RoleCredentials | undefined
}

const DURATION_S = 6 * 3600
/**
 * Credentials are renewed this long before they expire. SDKs fetch credentials again some minutes before their expiry,
 * so a response must not contain credentials that are about to expire.
 */
const RENEW_BEFORE_EXPIRY_MS = 30 * 60_000

/**
 * @param assumeRole issues credentials for a role without checking a permission, because the engine itself is the
 * caller
 */
export function createTaskCredentials(
  clock: Clock,
  assumeRole: (roleArn: string, sessionName: string, seconds: number) => AssumedRole,
): TaskCredentials {
  const issuedCredentials = new Map<string, AssumedRole>()
  return {
    credentialsOf(ecsTables, task) {
      const roleArn = taskRoleArn(ecsTables, task)
      if (!roleArn) return undefined
      deleteExpiredCredentials(issuedCredentials, clock.now())
      const earlierCredentials = issuedCredentials.get(task.taskArn)
      const credentials =
        earlierCredentials && earlierCredentials.expiresAt - clock.now() > RENEW_BEFORE_EXPIRY_MS
          ? earlierCredentials
          : assumeRole(roleArn, shortName(task.taskArn), DURATION_S)
      issuedCredentials.set(task.taskArn, credentials)
      return {
        RoleArn: roleArn,
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        Token: credentials.sessionToken,
        Expiration: new Date(credentials.expiresAt).toISOString().replace(/\.\d{3}/, ''),
      }
    },
  }
}

function deleteExpiredCredentials(issued: Map<string, AssumedRole>, now: number): void {
  for (const [task, { expiresAt }] of issued) if (expiresAt <= now) issued.delete(task)
}

/** The role of the task: the one in its overrides, else its definition's. */
export function taskRoleArn(ecsTables: EcsTables, task: TaskRecord): string | undefined {
  return task.overrides?.taskRoleArn ?? definitionOf(ecsTables, task).taskRoleArn
}

/** The last segment of the credentials' path: a UUID that stays the same for the task's whole life. */
export function credentialsId({ taskArn }: TaskRecord): string {
  const hex = createHash('sha256').update(`credentials ${taskArn}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
