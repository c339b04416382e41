/** Opens the sessions in containers. */
import type { Credential } from '../access/caller.ts'
import { findCurrentCaller } from '../access/credential.ts'
import { ExecSessions } from '../exec/sessions.ts'
import type { CompositionContext, Parts } from './parts.ts'

/** Creates the sessions in containers, and starts their timers. */
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
  const recheck = () => void sessions.terminals.recheck().catch(onUnexpectedError)
  tokens.onChanged(recheck)
  signIn.sessions.onEnded(recheck)
  sessions.start()
  return sessions
}
