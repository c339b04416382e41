/** Looks at what ECS will forget, when it says so: the look itself is what is noted. */
import type { Account } from './aws/account.ts'
import { askingAs } from './aws/asking.ts'
import { describeService, describeTask } from './aws/describes.ts'
import type { EcsEvent } from './events/ecs-event.ts'

type Passing = NonNullable<EcsEvent['passing']>

/** ECS has them for a while yet, and of many events about one thing one look is enough. */
const pauseMs = 1_000

/** @returns told of what passes */
export function historyLooks(): (account: Account, passing: Passing) => void {
  const waiting = new Map<Account, Map<string, Passing>>()
  const look = (account: Account) => {
    const passing = waiting.get(account) ?? new Map<string, Passing>()
    waiting.delete(account)
    if (account.closed.aborted) return
    for (const { kind, cluster, name } of passing.values()) {
      const describe: typeof describeTask | typeof describeService = kind === 'task' ? describeTask : describeService
      // Those of one turn share calls. What can't be had is not worth a word: the thing's next event, or anybody's look, is another chance.
      askingAs({ urgency: 'watching', caller: 'history' }, () => describe(account, cluster, name)).catch(() => {})
    }
  }
  return (account, passing) => {
    let ofAccount = waiting.get(account)
    if (!ofAccount) {
      ofAccount = new Map()
      waiting.set(account, ofAccount)
      setTimeout(() => look(account), pauseMs).unref()
    }
    ofAccount.set(`${passing.kind} ${passing.cluster} ${passing.name}`, passing)
  }
}
