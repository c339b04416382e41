/** Ends and resumes sessions through Systems Manager. Closing the connection of a session does not end its command. */
import type { Account } from '../aws/account.ts'
import type { StreamAddress } from './channel/connection.ts'

/** Ends the session and its command. For a session that has ended already, the call succeeds, too. */
export async function terminateExecSession(account: Account, sessionId: string): Promise<void> {
  const ssm = await account.ssm()
  await ssm.terminateSession({ SessionId: sessionId })
}

/** Returns a new address of the session; undefined when the session has timed out. */
export async function resumeExecSession(account: Account, sessionId: string): Promise<StreamAddress | undefined> {
  const ssm = await account.ssm()
  const { StreamUrl: streamUrl, TokenValue: tokenValue } = await ssm.resumeSession({ SessionId: sessionId })
  return streamUrl && tokenValue ? { streamUrl, tokenValue } : undefined
}
