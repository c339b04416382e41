/** Creates the part that runs ECS Exec sessions: terminals and commands in containers. */
import type { Credential } from '../access/caller.ts'
import { findCurrentCaller } from '../access/credential.ts'
import { ExecSessions } from '../exec/sessions.ts'
import type { CompositionContext, Parts } from './parts.ts'

/** Creates the part and starts its timers. Terminals end when their token is revoked or their sign-in session ends. */
export function openExecSessions(
  { store, programDeps, now, onUnexpectedError }: CompositionContext,
  { processes, tokens, signIn, accounts, audit }: Pick<Parts, 'processes' | 'tokens' | 'signIn' | 'accounts' | 'audit'>,
): ExecSessions {
  const sessions = new ExecSessions({
    store,
    findAccount: (name) => accounts.find(name),
    allAccounts: () => accounts.all(),
    findCurrentCaller: (credential) =>
      findCurrentCaller(credential as Credential, { tokens, sessions: signIn.sessions }, now()),
    isAlive: (id) => processes.isAlive(id),
    audit,
    onNotice: programDeps.onNotice,
    onUnexpectedError,
  })
  const endInvalidTerminals = () => void sessions.terminals.endInvalidTerminals().catch(onUnexpectedError)
  tokens.onChanged(endInvalidTerminals)
  signIn.sessions.onEnded(endInvalidTerminals)
  sessions.start()
  return sessions
}
