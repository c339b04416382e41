// The console rejects the tags that ECS rejects, in the same words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TagRow, tagCountFault, tagFault } from '../../packages/console/src/forms/tag-values.ts'
import { checkTags } from '../../packages/local-aws/src/ecs/actions/tag-rules.ts'

function messageOfEcs(rows: readonly TagRow[]): string | undefined {
  try {
    checkTags(rows.map(([key, value]) => ({ key, value })))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

test('the console has the rules of ECS for tags', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i): TagRow => [`k${i}`, ''])
  const cases: Record<string, readonly TagRow[]> = {
    good: [['team', 'shop é @/+=-_.:']],
    'a key without characters': [['', 'x']],
    'the longest key': [['k'.repeat(128), 'v'.repeat(256)]],
    'a longer key': [['k'.repeat(129), '']],
    'a longer value': [['k', 'v'.repeat(257)]],
    'a character in the key': [['a!', '']],
    'a character in the value': [['a', 'b\n']],
    'a key of AWS': [['AWS:x', '']],
    'a key that only contains aws:': [['my-aws:x', '']],
    'two of one key': [
      ['a', '1'],
      ['a', '2'],
    ],
    fifty: many(50),
    'fifty-one': many(51),
  }
  for (const [name, rows] of Object.entries(cases)) {
    const found = rows.map((row) => tagFault(row, rows)).find((each) => each) ?? tagCountFault(rows)
    assert.equal(found, messageOfEcs(rows), name)
  }
  assert.equal(Object.values(cases).filter((rows) => messageOfEcs(rows) !== undefined).length, 8)
})
