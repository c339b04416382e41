/** Connects this process with the other processes on the same store. */
import type { CallDeps } from '../aws/calls/pipeline.ts'
import type { Processes } from '../store/processes.ts'
import type { CompositionContext, Parts } from './parts.ts'

/** Returns the processes with which this process shares AWS's request buckets: all processes on the same store. */
export function budgetPeersOf(processes: Processes): CallDeps['budgetPeers'] {
  return { count: () => 1 + processes.otherProcesses.length, joinedLate: processes.otherProcesses.length > 0 }
}

/** Joins the other processes on the store, so that this process receives their changes. */
export function connectPeers(
  { onUnexpectedError }: CompositionContext,
  peerProcesses: NonNullable<Parts['peerProcesses']>,
  { processes, tokens, signIn, cache, accounts }: Pick<Parts, 'processes' | 'tokens' | 'signIn' | 'cache' | 'accounts'>,
): Promise<void> {
  return peerProcesses.open(
    {
      onMessages: (messages) => {
        for (const message of messages) {
          if (message.about === 'token') tokens.applyMessage(message)
          if (message.about === 'session') signIn.sessions.notifyEnded()
        }
        cache.applyMessages(
          messages.filter((message) => message.about !== 'token' && message.about !== 'session'),
          (name) => accounts.find(name),
        )
      },
      snapshot: () => cache.messagesForNewProcess(accounts.all()),
      onMessagesMissed: () => {
        tokens.invalidateAll()
        cache.invalidateAll(accounts.all())
      },
      onPeerJoined: () => processes.refresh().catch(onUnexpectedError),
      onPeerEnded: () => void processes.refresh().catch(onUnexpectedError),
    },
    processes.otherProcesses,
  )
}
