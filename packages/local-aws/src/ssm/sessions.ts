/** The actions of Systems Manager on sessions of ECS Exec. */
import type {
  ResumeSessionRequest,
  ResumeSessionResponse,
  TerminateSessionRequest,
  TerminateSessionResponse,
} from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import type { SsmContext } from './parameter-record.ts'

/** Ends a session of ECS Exec. ECS provides it; the context of an action binds account and Region. */
export type TerminateSession = (account: string, region: string, sessionId: string) => void

export const sessionActions = {
  ResumeSession: resumeSession,
  TerminateSession: terminateSession,
} satisfies JsonActions<SsmContext>

/**
 * A session ends with its connection and cannot be resumed. A response without a token means that the session has timed
 * out.
 */
function resumeSession(_: SsmContext, { SessionId }: AwsJson<ResumeSessionRequest>): AwsJson<ResumeSessionResponse> {
  return { SessionId }
}

/** A missing session is no error: the service model has no error for it. */
function terminateSession(
  context: SsmContext,
  { SessionId = '' }: AwsJson<TerminateSessionRequest>,
): AwsJson<TerminateSessionResponse> {
  context.terminateSession(SessionId)
  return { SessionId }
}
