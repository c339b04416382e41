import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadRequest } from '../../problems/problem.ts'
import type { Permit } from '../calls/permit.ts'
import type { Priority } from '../calls/priority.ts'
import { BatchedReads } from './batched-reads.ts'

const newPermit = (): Permit => ({
  action: 'DescribeServices',
  callContext: { priority: 'read', caller: 'someone' },
  isUsed: false,
})

/**
 * Batched reads of a fake AWS. The test answers each of its calls, and with `isScarce` it also grants the budget token
 * of each call.
 */
function readsOnFakeAws({ maxPerCall = 10, hasSpareToken = false, isScarce = false } = {}) {
  const calls: { refs: string[]; answer: (error?: Error) => void }[] = []
  const tokenGrants: ((permit?: Permit | Error) => void)[] = []
  const permits: (Permit | undefined)[] = []
  const released = { count: 0 }
  const reads = new BatchedReads<string>({
    maxPerCall,
    describe: (refs, permit) =>
      new Promise((resolve, reject) => {
        permits.push(permit)
        if (permit) permit.isUsed = true
        calls.push({
          refs,
          answer: (error) =>
            error
              ? reject(error)
              : resolve({
                  found: new Map(refs.filter((ref) => ref !== 'missing').map((ref) => [ref, `<${ref}>`])),
                  requestedAt: calls.length,
                }),
        })
      }),
    acquirePermit: () =>
      isScarce
        ? new Promise((resolve, reject) =>
            tokenGrants.push((permit = newPermit()) => (permit instanceof Error ? reject(permit) : resolve(permit))),
          )
        : Promise.resolve(newPermit()),
    releaseToken: () => released.count++,
    hasSpareToken: () => hasSpareToken,
  })
  const get = (ref: string, priority: Priority = 'read', caller = 'someone') => reads.get(ref, { priority, caller })
  return { calls, tokenGrants, permits, released, reads, get, refs: () => calls.map((call) => call.refs.join(' ')) }
}

const nextEventLoopTurn = () => new Promise(setImmediate)

test('the first read is sent at once, and reads during its call share the next call', async () => {
  const { calls, get } = readsOnFakeAws()
  const first = get('a')
  await nextEventLoopTurn()
  assert.deepEqual(
    calls.map(({ refs }) => refs),
    [['a']],
  )
  const later = [get('a'), get('b'), get('a'), get('missing')]
  assert.equal(calls.length, 1, 'a read does not join a call that has begun')
  calls[0]!.answer()
  assert.deepEqual(await first, { value: '<a>', requestedAt: 1 })
  await nextEventLoopTurn()
  assert.deepEqual(calls[1]!.refs, ['a', 'b', 'missing'])
  calls[1]!.answer()
  assert.deepEqual(
    (await Promise.all(later)).map(({ value }) => value),
    ['<a>', '<b>', '<a>', undefined],
  )
})

test('no call exceeds AWS’s batch size', async () => {
  const { calls, get } = readsOnFakeAws({ maxPerCall: 2 })
  const all = ['a', 'b', 'c', 'd', 'e'].map((ref) => get(ref))
  await nextEventLoopTurn()
  assert.deepEqual(
    calls.map(({ refs }) => refs),
    [['a', 'b'], ['c', 'd'], ['e']],
  )
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 5)
})

test('a reference that AWS rejects does not fail the others in its batch', async () => {
  const { calls, get } = readsOnFakeAws()
  const first = get('x')
  await nextEventLoopTurn()
  const bad = get('bad')
  const good = get('good')
  calls[0]!.answer()
  await first
  await nextEventLoopTurn()
  const refusal = new BadRequest('InvalidParameterException', 'no')
  calls[1]!.answer(refusal)
  await nextEventLoopTurn()
  assert.deepEqual(
    calls.slice(2).map(({ refs }) => refs),
    [['bad'], ['good']],
  )
  calls[2]!.answer(refusal)
  calls[3]!.answer()
  await assert.rejects(bad, refusal)
  assert.equal((await good).value, '<good>')
})

test('while the budget allows, a full batch is sent at once, and no read waits for the call in flight', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, get, refs } = readsOnFakeAws({ maxPerCall: 2, hasSpareToken: true })
  const all = [get('a')]
  await nextEventLoopTurn()
  all.push(...['b', 'c', 'd'].map((ref) => get(ref)))
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a', 'b c'])
  t.mock.timers.tick(5)
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a', 'b c', 'd'])
  for (const call of calls) call.answer()
  assert.deepEqual(
    (await Promise.all(all)).map(({ value }) => value),
    ['<a>', '<b>', '<c>', '<d>'],
  )
})

test('background reads wait for the call in flight, even while the budget allows more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, get, refs } = readsOnFakeAws({ maxPerCall: 2, hasSpareToken: true })
  const first = get('a', 'background')
  await nextEventLoopTurn()
  const later = ['b', 'c', 'd'].map((ref) => get(ref, 'background'))
  await nextEventLoopTurn()
  t.mock.timers.tick(1000)
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a'])
  const read = get('x')
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a', 'x b'], 'a read’s call also has the waiting background reads')
  for (const call of calls) call.answer()
  await Promise.all([first, read])
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a', 'x b', 'c d'])
  calls[2]!.answer()
  await Promise.all(later)
})

test('until a call gets its token, further reads join it', async () => {
  const { calls, tokenGrants, get, refs } = readsOnFakeAws({ maxPerCall: 3, isScarce: true })
  const all = [get('a')]
  await nextEventLoopTurn()
  all.push(get('b'), get('a'))
  await nextEventLoopTurn()
  assert.equal(tokenGrants.length, 1)
  all.push(get('c'), get('d'))
  await nextEventLoopTurn()
  assert.equal(tokenGrants.length, 2, 'one token for each call that the batch needs')
  for (const grant of tokenGrants) grant()
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a b c', 'd'])
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 5)
})

test('an urgent read promotes a waiting background read, and the resource is read once', async () => {
  const { calls, tokenGrants, released, get, refs } = readsOnFakeAws({ isScarce: true })
  const watched = get('a', 'background')
  await nextEventLoopTurn()
  const read = get('a')
  await nextEventLoopTurn()
  assert.equal(tokenGrants.length, 2)
  tokenGrants[1]!()
  await nextEventLoopTurn()
  const joined = get('a', 'write')
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a'], 'a read does not join a call that has begun')
  tokenGrants[0]!()
  await nextEventLoopTurn()
  assert.equal(released.count, 1)
  tokenGrants[2]!()
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a', 'a'])
  for (const call of calls) call.answer()
  assert.deepEqual(
    (await Promise.all([watched, read, joined])).map(({ requestedAt }) => requestedAt),
    [2, 2, 2],
  )
})

test('callers alternate within a batch, so a caller of many reads does not delay another', async () => {
  const { calls, tokenGrants, get, refs } = readsOnFakeAws({ maxPerCall: 3, isScarce: true })
  const all = ['a1', 'a2', 'a3', 'a4', 'a5'].map((ref) => get(ref, 'read', 'a'))
  await nextEventLoopTurn()
  all.push(get('b1', 'read', 'b'), get('w1', 'background', 'views'))
  await nextEventLoopTurn()
  for (const grant of tokenGrants) grant()
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a1 b1 a2', 'a3 a4 a5', 'w1'])
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 7)
})

test('when no token is free in time, only the reads of that call and its caller are rejected', async () => {
  const refusal = new Error('no token in time')
  const { calls, tokenGrants, released, get, refs } = readsOnFakeAws({ maxPerCall: 2, isScarce: true })
  const served = [get('a1', 'read', 'a'), get('a2', 'read', 'a')]
  const rejected = [get('a3', 'read', 'a'), get('a4', 'read', 'a')]
  await nextEventLoopTurn()
  const others = [get('b', 'read', 'b'), get('a5', 'read', 'a'), get('w', 'background', 'views')]
  await nextEventLoopTurn()
  const rejections = rejected.map((each) => assert.rejects(each, refusal))
  tokenGrants[1]!(refusal)
  await nextEventLoopTurn()
  assert.deepEqual(refs(), [], 'nothing is sent')
  await Promise.all(rejections)
  for (const grant of tokenGrants) grant()
  await nextEventLoopTurn()
  assert.deepEqual(refs(), ['a1 b', 'a2 a5', 'w'])
  for (const call of calls) call.answer()
  assert.equal((await Promise.all([...served, ...others])).length, 5)
  assert.equal(released.count, 0, 'a token that was not granted is not released')
})

test('an unused token is released', async () => {
  const { calls, tokenGrants, permits, released, get } = readsOnFakeAws({ isScarce: true })
  const unused = newPermit()
  const forbidden = get('a')
  await nextEventLoopTurn()
  tokenGrants[0]!(unused)
  await nextEventLoopTurn()
  assert.equal(permits[0], unused, 'the permit is passed to the call')
  unused.isUsed = false
  calls[0]!.answer(new Error('not allowed'))
  await assert.rejects(forbidden)
  await nextEventLoopTurn()
  assert.equal(released.count, 1)
  const sent = get('a')
  await nextEventLoopTurn()
  tokenGrants[1]!()
  await nextEventLoopTurn()
  calls[1]!.answer()
  await sent
  await nextEventLoopTurn()
  assert.equal(released.count, 1)
})
