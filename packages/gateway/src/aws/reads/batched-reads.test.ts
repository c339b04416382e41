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
 * An AWS whose calls respond when the test decides; with `isScarce`, the test also grants the budget token of each
 * call.
 */
function aws({ maxPerCall = 10, hasSpareToken = false, isScarce = false } = {}) {
  const calls: { refs: string[]; answer: (error?: Error) => void }[] = []
  const turns: ((permit?: Permit | Error) => void)[] = []
  const permits: (Permit | undefined)[] = []
  const given = { back: 0 }
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
    acquire: () =>
      isScarce
        ? new Promise((resolve, reject) =>
            turns.push((permit = newPermit()) => (permit instanceof Error ? reject(permit) : resolve(permit))),
          )
        : Promise.resolve(newPermit()),
    release: () => given.back++,
    hasSpareToken: () => hasSpareToken,
  })
  const get = (ref: string, priority: Priority = 'read', caller = 'someone') => reads.get(ref, { priority, caller })
  return { calls, turns, permits, given, reads, get, refs: () => calls.map((call) => call.refs.join(' ')) }
}

const nextTurn = () => new Promise(setImmediate)

test('the first read goes at once, and reads during its call share the next call', async () => {
  const { calls, get } = aws()
  const first = get('a')
  await nextTurn()
  assert.deepEqual(
    calls.map(({ refs }) => refs),
    [['a']],
  )
  const later = [get('a'), get('b'), get('a'), get('missing')]
  assert.equal(calls.length, 1, 'a read does not join a call that has begun')
  calls[0]!.answer()
  assert.deepEqual(await first, { value: '<a>', requestedAt: 1 })
  await nextTurn()
  assert.deepEqual(calls[1]!.refs, ['a', 'b', 'missing'])
  calls[1]!.answer()
  assert.deepEqual(
    (await Promise.all(later)).map(({ value }) => value),
    ['<a>', '<b>', '<a>', undefined],
  )
})

test('no call exceeds AWS’s batch size', async () => {
  const { calls, get } = aws({ maxPerCall: 2 })
  const all = ['a', 'b', 'c', 'd', 'e'].map((ref) => get(ref))
  await nextTurn()
  assert.deepEqual(
    calls.map(({ refs }) => refs),
    [['a', 'b'], ['c', 'd'], ['e']],
  )
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 5)
})

test('a reference that AWS rejects does not fail the others in its batch', async () => {
  const { calls, get } = aws()
  const first = get('x')
  await nextTurn()
  const bad = get('bad')
  const good = get('good')
  calls[0]!.answer()
  await first
  await nextTurn()
  const refusal = new BadRequest('InvalidParameterException', 'no')
  calls[1]!.answer(refusal)
  await nextTurn()
  assert.deepEqual(
    calls.slice(2).map(({ refs }) => refs),
    [['bad'], ['good']],
  )
  calls[2]!.answer(refusal)
  calls[3]!.answer()
  await assert.rejects(bad, refusal)
  assert.equal((await good).value, '<good>')
})

test('while the budget allows, a full batch goes at once, and no read waits for the call in flight', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, get, refs } = aws({ maxPerCall: 2, hasSpareToken: true })
  const all = [get('a')]
  await nextTurn()
  all.push(...['b', 'c', 'd'].map((ref) => get(ref)))
  await nextTurn()
  assert.deepEqual(refs(), ['a', 'b c'])
  t.mock.timers.tick(5)
  await nextTurn()
  assert.deepEqual(refs(), ['a', 'b c', 'd'])
  for (const call of calls) call.answer()
  assert.deepEqual(
    (await Promise.all(all)).map(({ value }) => value),
    ['<a>', '<b>', '<c>', '<d>'],
  )
})

test('background reads wait for the call in flight, even while the budget allows more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, get, refs } = aws({ maxPerCall: 2, hasSpareToken: true })
  const first = get('a', 'background')
  await nextTurn()
  const later = ['b', 'c', 'd'].map((ref) => get(ref, 'background'))
  await nextTurn()
  t.mock.timers.tick(1000)
  await nextTurn()
  assert.deepEqual(refs(), ['a'])
  const read = get('x')
  await nextTurn()
  assert.deepEqual(refs(), ['a', 'x b'], 'a read’s call takes along waiting background reads')
  for (const call of calls) call.answer()
  await Promise.all([first, read])
  await nextTurn()
  assert.deepEqual(refs(), ['a', 'x b', 'c d'])
  calls[2]!.answer()
  await Promise.all(later)
})

test('until a call gets its token, it takes along all further reads', async () => {
  const { calls, turns, get, refs } = aws({ maxPerCall: 3, isScarce: true })
  const all = [get('a')]
  await nextTurn()
  all.push(get('b'), get('a'))
  await nextTurn()
  assert.equal(turns.length, 1)
  all.push(get('c'), get('d'))
  await nextTurn()
  assert.equal(turns.length, 2, 'one token for each call that the batch needs')
  for (const turn of turns) turn()
  await nextTurn()
  assert.deepEqual(refs(), ['a b c', 'd'])
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 5)
})

test('an urgent read promotes a waiting background read, and the resource is read once', async () => {
  const { calls, turns, given, get, refs } = aws({ isScarce: true })
  const watched = get('a', 'background')
  await nextTurn()
  const read = get('a')
  await nextTurn()
  assert.equal(turns.length, 2)
  turns[1]!()
  await nextTurn()
  const joined = get('a', 'write')
  await nextTurn()
  assert.deepEqual(refs(), ['a'], 'a read does not join a call that has begun')
  turns[0]!()
  await nextTurn()
  assert.equal(given.back, 1)
  turns[2]!()
  await nextTurn()
  assert.deepEqual(refs(), ['a', 'a'])
  for (const call of calls) call.answer()
  assert.deepEqual(
    (await Promise.all([watched, read, joined])).map(({ requestedAt }) => requestedAt),
    [2, 2, 2],
  )
})

test('callers alternate within a batch, so a caller of many reads does not delay another', async () => {
  const { calls, turns, get, refs } = aws({ maxPerCall: 3, isScarce: true })
  const all = ['a1', 'a2', 'a3', 'a4', 'a5'].map((ref) => get(ref, 'read', 'a'))
  await nextTurn()
  all.push(get('b1', 'read', 'b'), get('w1', 'background', 'views'))
  await nextTurn()
  for (const turn of turns) turn()
  await nextTurn()
  assert.deepEqual(refs(), ['a1 b1 a2', 'a3 a4 a5', 'w1'])
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 7)
})

test('a read without a token in time is rejected alone: not other callers, later reads or less urgent reads', async () => {
  const refusal = new Error('no turn in time')
  const { calls, turns, given, get, refs } = aws({ maxPerCall: 2, isScarce: true })
  const served = [get('a1', 'read', 'a'), get('a2', 'read', 'a')]
  const rejected = [get('a3', 'read', 'a'), get('a4', 'read', 'a')]
  await nextTurn()
  const others = [get('b', 'read', 'b'), get('a5', 'read', 'a'), get('w', 'background', 'views')]
  await nextTurn()
  const rejections = rejected.map((each) => assert.rejects(each, refusal))
  turns[1]!(refusal)
  await nextTurn()
  assert.deepEqual(refs(), [], 'nothing is sent')
  await Promise.all(rejections)
  for (const turn of turns) turn()
  await nextTurn()
  assert.deepEqual(refs(), ['a1 b', 'a2 a5', 'w'])
  for (const call of calls) call.answer()
  assert.equal((await Promise.all([...served, ...others])).length, 5)
  assert.equal(given.back, 0, 'a token that was not granted is not given back')
})

test('an unused token is given back', async () => {
  const { calls, turns, permits, given, get } = aws({ isScarce: true })
  const unused = newPermit()
  const forbidden = get('a')
  await nextTurn()
  turns[0]!(unused)
  await nextTurn()
  assert.equal(permits[0], unused, 'the permit is passed to the call')
  unused.isUsed = false
  calls[0]!.answer(new Error('not allowed'))
  await assert.rejects(forbidden)
  await nextTurn()
  assert.equal(given.back, 1)
  const sent = get('a')
  await nextTurn()
  turns[1]!()
  await nextTurn()
  calls[1]!.answer()
  await sent
  await nextTurn()
  assert.equal(given.back, 1)
})
