import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestGroups } from '@ecs-api/ecs-model'
import type { CallContext, Priority } from './priority.ts'
import { BudgetExhausted, RequestBudget } from './request-budget.ts'

const callContext = (priority: Priority, caller = 'someone'): CallContext => ({ priority, caller })
const action = 'DescribeServices'
const { burst, refill } = requestGroups.serviceRead

/** A budget on a clock that stands still until a test moves it. `drain` takes all tokens and returns their number. */
function budgetAt(settings: ConstructorParameters<typeof RequestBudget>[0] = {}) {
  const clock = { now: 0 }
  const budget = new RequestBudget(settings, { now: () => clock.now })
  const drain = async (priority: Priority = 'write') => {
    let taken = 0
    for (; budget.delayMs(action, callContext(priority)) === 0; taken++)
      await budget.takeToken(action, callContext(priority), 0)
    return taken
  }
  return { clock, budget, drain }
}

test('a burst passes, then the refill rate; a call that would wait too long is rejected at once', async () => {
  const { clock, budget, drain } = budgetAt()
  assert.equal(await drain(), burst)
  await assert.rejects(
    budget.takeToken(action, callContext('write'), 49),
    (error) => error instanceof BudgetExhausted && Math.round(error.waitMs) === 1000 / refill,
  )
  clock.now = 1000
  assert.equal(await drain(), refill)
  await budget.takeToken('ListTasks', callContext('write'), 0)
  await budget.takeToken('NoActionOfEcs', callContext('write'), 0)
})

test('calls of lower urgency leave tokens for calls of higher urgency', async () => {
  const { drain } = budgetAt()
  const background = await drain('background')
  const reading = await drain('read')
  const writing = await drain('write')
  assert.deepEqual(
    [background, background + reading, background + reading + writing],
    [burst * 0.5, burst * 0.9, burst],
  )
})

test('the most urgent call gets the next token, and callers of the same urgency alternate', async () => {
  // One token exists at a time: the next one when the previous call was served.
  const { clock, budget } = budgetAt({ serviceRead: { burst: 1, refill: 200 } })
  await budget.takeToken(action, callContext('write'), 0)
  const served: string[] = []
  const takeToken = async (name: string, context: CallContext) => {
    await budget.takeToken(action, context, 60_000)
    served.push(name)
    clock.now += 5
  }
  const all = [
    ...['w1', 'w2'].map((name) => takeToken(name, callContext('background'))),
    ...['a1', 'a2', 'a3', 'a4'].map((name) => takeToken(name, callContext('read', 'a'))),
    takeToken('b1', callContext('read', 'b')),
    takeToken('readAfterWrite', callContext('readAfterWrite')),
    takeToken('person', callContext('write')),
  ]
  clock.now += 5
  await Promise.all(all)
  assert.deepEqual(served, ['person', 'readAfterWrite', 'a1', 'b1', 'a2', 'a3', 'a4', 'w1', 'w2'])
})

test('a flood from one caller delays another by one call only, so the other is not rejected', async () => {
  const { clock, budget, drain } = budgetAt()
  await drain('read')
  const storm = Array.from({ length: 40 }, () => budget.takeToken(action, callContext('read', 'storm'), 100_000))
  assert.ok(budget.delayMs(action, callContext('read', 'storm')) >= 2000)
  assert.ok(budget.delayMs(action, callContext('read', 'calm')) <= 100)
  assert.deepEqual([budget.bucketStates()[0]!.waiting, budget.bucketStates()[0]!.group], [40, 'serviceRead'])
  clock.now = 100_000
  await Promise.all(storm)
})

test('a call that gets no token within its longest wait is rejected, and no longer waits', async () => {
  // The clock stands still, so the token that is expected after 1 ms never comes.
  const { budget } = budgetAt({ serviceRead: { burst: 1, refill: 1000 } })
  await budget.takeToken(action, callContext('write'), 0)
  const waiting = budget.takeToken(action, callContext('read'), 10)
  assert.equal(budget.bucketStates()[0]!.waiting, 1)
  await assert.rejects(waiting, BudgetExhausted)
  assert.equal(budget.bucketStates()[0]!.waiting, 0)
})

test('throttles at the same time cut the assumed rate once; the rate recovers up to the configured rate', async () => {
  const { clock, budget } = budgetAt()
  await budget.takeToken(action, callContext('write'), 0)
  for (let i = 0; i < 5; i++) budget.recordThrottle(action)
  const state = () => {
    const [{ tokens, rate } = assert.fail()] = budget.bucketStates()
    return [tokens, Number(rate.toFixed(2))]
  }
  assert.deepEqual(state(), [0, refill * 0.7])
  for (let second = 1; second <= 40; second++) {
    clock.now = second * 1001
    budget.recordThrottle(action)
  }
  assert.equal(state()[1], refill * 0.05, 'never less than a twentieth')
  clock.now += 1_000_000
  assert.deepEqual(state(), [burst, refill])
})

test('burst and refill are configurable, and a budget can be off', async () => {
  const set = budgetAt({ serviceRead: { burst: 3, refill: 1 } })
  assert.equal(await set.drain(), 3)
  await assert.rejects(set.budget.takeToken(action, callContext('write'), 10), BudgetExhausted)
  const { budget } = budgetAt('off')
  for (let i = 0; i < 1000; i++) await budget.takeToken(action, callContext('background'), 0)
  assert.deepEqual(budget.bucketStates(), [])
})
