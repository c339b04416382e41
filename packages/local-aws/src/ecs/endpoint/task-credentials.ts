/** The credentials of a task's role, as its containers fetch them (IAM roles for tasks: ECS Developer Guide, "Amazon ECS task IAM role"). */
import { createHash } from 'node:crypto'
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { definitionOf } from '../tasks/task-spec.ts'

/** As ECS's endpoint answers, and every AWS SDK reads it. */
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
  /** Those of the task's role, new ones well before the old ones end; undefined for a task without a role. */
  of(ecsState: EcsState, task: TaskRecord): RoleCredentials | undefined
}

const LIFE_S = 6 * 3600
/** SDKs ask again some minutes before the end: what they get then must last. */
const RENEWED_BEFORE_MS = 30 * 60_000

/** @param assume makes credentials for a role without asking whether the caller may: ECS's own service role may */
export function taskCredentials(
  clock: Clock,
  assume: (roleArn: string, sessionName: string, seconds: number) => AssumedRole,
): TaskCredentials {
  const given = new Map<string, AssumedRole>()
  return {
    of(ecsState, task) {
      const roleArn = taskRole(ecsState, task)
      if (!roleArn) return undefined
      forgetExpired(given, clock.now())
      const known = given.get(task.taskArn)
      const credentials =
        known && known.expiresAt - clock.now() > RENEWED_BEFORE_MS
          ? known
          : assume(roleArn, shortName(task.taskArn), LIFE_S)
      given.set(task.taskArn, credentials)
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

function forgetExpired(given: Map<string, AssumedRole>, now: number): void {
  for (const [task, { expiresAt }] of given) if (expiresAt <= now) given.delete(task)
}

export function taskRole(ecsState: EcsState, task: TaskRecord): string | undefined {
  return task.overrides?.taskRoleArn ?? definitionOf(ecsState, task).taskRoleArn
}

/** The last part of the credentials' path: a UUID that is the task's for as long as it lives. */
export function credentialsId({ taskArn }: TaskRecord): string {
  const hex = createHash('sha256').update(`credentials ${taskArn}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
