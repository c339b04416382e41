/** STS: GetCallerIdentity, AssumeRole, and temporary credentials for tasks. */
import { createHash } from 'node:crypto'
import { parseArn } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { QueryService, XmlMembers } from '../protocol/aws-query.ts'
import type { Caller } from '../protocol/exchange.ts'
import type { Storage } from '../storage/storage.ts'
import { openSessions, type Session, startStsSession } from './sessions.ts'

export type { Session } from './sessions.ts'

export const stsVersion = '2011-06-15'

export interface StsDeps {
  storage: Storage
  clock: Clock
  /** Whether the caller may assume the account's roles. */
  isTrusted: (check: TrustCheck) => boolean
}

export interface TrustCheck {
  /** The role's account. */
  account: string
  /** The caller's account. */
  caller: string
  externalId: string | undefined
}

export interface Sts extends QueryService {
  findSession(accessKeyId: string): Session | undefined
  /**
   * Issues credentials of a role to one of AWS's own services, which needs no permission. ECS uses it for the role of a
   * task.
   */
  assumeForService(roleArn: string, sessionName: string, seconds: number): Session
}

export function openSts({ storage, clock, isTrusted }: StsDeps): Sts {
  const sessions = openSessions(storage)

  function assumeRole(parameters: URLSearchParams, caller: Caller): XmlMembers {
    const { roleArn, roleName, account, sessionName, seconds, externalId } = parseAssumeRole(parameters)
    if (!isTrusted({ account, caller: caller.account, externalId }))
      throw new AwsError(
        'AccessDenied',
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        { status: 403 },
      )
    const { userId, arn, accessKeyId, secretAccessKey, sessionToken, expiresAt } = startRoleSession({
      roleArn,
      roleName,
      account,
      sessionName,
      seconds,
    })
    return {
      AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: new Date(expiresAt).toISOString().replace(/\.\d{3}/, ''),
      },
    }
  }

  function startRoleSession({
    roleArn,
    roleName,
    account,
    sessionName,
    seconds,
  }: Omit<AssumeRoleInput, 'externalId'>): Session {
    const now = clock.now()
    const userId = `${roleId(roleArn)}:${sessionName}`
    const arn = `arn:${parseArn(roleArn)?.partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`
    return startStsSession(sessions, { account, arn, userId, expiresAt: now + seconds * 1000 }, now)
  }

  return {
    assumeForService(roleArn, sessionName, seconds) {
      const { account, roleName } = parseRoleArn(roleArn)
      return startRoleSession({ roleArn, roleName, account, sessionName, seconds })
    },
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    findSession: (accessKeyId) => sessions.get(accessKeyId),
    async handleCall(action, parameters, caller) {
      switch (action) {
        case 'AssumeRole':
          return assumeRole(parameters, caller)
        case 'GetCallerIdentity':
          return { Arn: caller.arn, UserId: caller.userId, Account: caller.account }
        default:
          throw new AwsError('UnknownOperationException', `This engine does not have the action ${action} of AWS STS.`)
      }
    },
  }
}

interface AssumeRoleInput {
  roleArn: string
  roleName: string
  account: string
  sessionName: string
  seconds: number
  externalId: string | undefined
}

/** Reads and validates the parameters (API Reference, AssumeRole). */
function parseAssumeRole(parameters: URLSearchParams): AssumeRoleInput {
  const roleArn = parameters.get('RoleArn')
  const sessionName = parameters.get('RoleSessionName')
  if (roleArn === null) throw validationError('roleArn', null, 'Member must not be null')
  if (sessionName === null) throw validationError('roleSessionName', null, 'Member must not be null')
  const { account, roleName } = parseRoleArn(roleArn)
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw validationError(
      'roleSessionName',
      sessionName,
      'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    )
  const seconds = Number(parameters.get('DurationSeconds') ?? 3600)
  if (!Number.isInteger(seconds) || seconds < 900)
    throw validationError('durationSeconds', seconds, 'Member must have value greater than or equal to 900')
  if (seconds > 43_200)
    throw validationError('durationSeconds', seconds, 'Member must have value less than or equal to 43200')
  const externalId = parameters.get('ExternalId') ?? undefined
  if (externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw validationError('externalId', externalId, 'Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*')
  return { roleArn, roleName, account, sessionName, seconds, externalId }
}

function parseRoleArn(roleArn: string): { account: string; roleName: string } {
  const [, account, roleName] =
    /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/.exec(roleArn) ?? []
  if (!account || !roleName) throw new AwsError('ValidationError', `${roleArn} is invalid`)
  return { account, roleName }
}

function validationError(member: string, value: string | number | null, constraint: string): AwsError {
  const valueText = value === null ? 'null' : `'${value}'`
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value ${valueText} at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}

/** The id of a role. It is derived from the ARN, so that a role always has the same id, as in IAM. */
function roleId(roleArn: string): string {
  return `AROA${createHash('sha256').update(roleArn).digest('hex').slice(0, 17).toUpperCase()}`
}
