import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadRequest } from '../problems/problem.ts'
import { SharedReads } from './shared-reads.ts'

/** An AWS whose calls are answered when the test says so. */
function aws(mostPerCall = 10) {
  const calls: { refs: string[]; answer: (error?: Error) => void }[] = []
  const reads = new SharedReads<string>(
    (refs) =>
      new Promise((resolve, reject) => {
        calls.push({
          refs,
          answer: (error) =>
            error
              ? reject(error)
              : resolve({ found: new Map(refs.filter((ref) => ref !== 'missing').map((ref) => [ref, `<${ref}>`])), at: calls.length }),
        })
      }),
    mostPerCall,
  )
  return { calls, reads }
}

const nextTurn = () => new Promise(setImmediate)

test('the first goes at once, those that come meanwhile share the next call', async () => {
  const { calls, reads } = aws()
  const first = reads.get('a')
  await nextTurn()
  assert.deepEqual(
    calls.map(({ refs }) => refs),
    [['a']],
  )
  const later = [reads.get('a'), reads.get('b'), reads.get('a'), reads.get('missing')]
  assert.equal(calls.length, 1, 'a read joins no call that has begun')
  calls[0]!.answer()
  assert.deepEqual(await first, { value: '<a>', at: 1 })
  await nextTurn()
  assert.deepEqual(calls[1]!.refs, ['a', 'b', 'missing'])
  calls[1]!.answer()
  assert.deepEqual(
    (await Promise.all(later)).map(({ value }) => value),
    ['<a>', '<b>', '<a>', undefined],
  )
})

test('no call takes more than AWS allows', async () => {
  const { calls, reads } = aws(2)
  const all = ['a', 'b', 'c', 'd', 'e'].map((ref) => reads.get(ref))
  await nextTurn()
  assert.deepEqual(
    calls.map(({ refs }) => refs),
    [['a', 'b'], ['c', 'd'], ['e']],
  )
  for (const call of calls) call.answer()
  assert.equal((await Promise.all(all)).length, 5)
})

test('what AWS refuses does not fail what was asked for beside it', async () => {
  const { calls, reads } = aws()
  const first = reads.get('x')
  await nextTurn()
  const bad = reads.get('bad')
  const good = reads.get('good')
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
