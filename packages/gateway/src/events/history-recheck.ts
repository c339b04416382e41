/** Looks at what ECS will forget, when it says so: the look itself is what is noted. */
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { NotFound } from '../problems/problem.ts'
import type { EcsEvent } from './ecs-event.ts'

type Passing = NonNullable<EcsEvent['passing']>

/** ECS has them for a while yet, and of many events about one thing one look is enough. A task is looked at again where ECS still told of it as it was before. */
const pausesMs = [1_000, 3_000, 10_000, 60_000]
const maxWaiting = 10_000

/** @returns told of what passes */
export function historyRecheck(): (account: Account, passing: Passing) => void {
  const turns = pausesMs.map(() => new Map<Account, Map<string, Passing>>())
  const look = (account: Account, turn: number) => {
    const passing = turns[turn]!.get(account) ?? new Map<string, Passing>()
    turns[turn]!.delete(account)
    if (account.closed.aborted) return
    for (const each of passing.values()) {
      // Those of one turn share calls.
      void isSeen(account, each).then((seen) => seen || wait(account, each, turn + 1))
    }
  }
  const wait = (account: Account, passing: Passing, turn: number) => {
    if (turn >= pausesMs.length || account.closed.aborted) return
    let ofAccount = turns[turn]!.get(account)
    if (!ofAccount) {
      ofAccount = new Map()
      turns[turn]!.set(account, ofAccount)
      setTimeout(() => look(account, turn), pausesMs[turn]).unref()
    }
    if (ofAccount.size < maxWaiting) ofAccount.set(`${passing.kind} ${passing.cluster} ${passing.name}`, passing)
  }
  return (account, passing) => wait(account, passing, 0)
}

/** Whether nothing is won by another look: a service's next event, or anybody's look, is another chance. */
async function isSeen(account: Account, { kind, cluster, name }: Passing): Promise<boolean> {
  const inBackground = { priority: 'watching', caller: 'history' } as const
  try {
    if (kind === 'service') await withCallContext(inBackground, () => account.describes.service(cluster, name))
    else {
      const { value } = await withCallContext(inBackground, () => account.describes.task(cluster, name))
      return value === undefined || value.lastStatus === 'STOPPED'
    }
    return true
  } catch (error) {
    return kind === 'service' || error instanceof NotFound
  }
}
