import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Column, tableLines } from './table.ts'

interface Row {
  name: string
  state: string
  image: string
  at: string
  count: number
}

const columns: readonly Column<Row>[] = [
  { header: 'NAME', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
  { header: 'STATE', value: ({ state }) => state, keepPriority: 9, style: () => 'red' },
  { header: 'N', value: ({ count }) => count, keepPriority: 3, kind: 'count' },
  { header: 'IMAGE', value: ({ image }) => image, keepPriority: 6, kind: 'address' },
  { header: 'AT', value: ({ at }) => at, keepPriority: 2, kind: 'time' },
  { header: 'MORE', value: () => undefined, keepPriority: 1, isWide: true },
]
const now = Date.parse('2026-11-29T08:10:00Z')
const rows: Row[] = [
  { name: 'prod/www', state: 'ok', image: 'registry.example/team/www:1.30', at: '2026-11-29T08:00:00Z', count: 2 },
  { name: 'prod/a-much-longer-name', state: 'failed', image: 'nginx', at: '2026-11-29T08:09:18Z', count: 12 },
]
const lines = (width: number | undefined, more = {}) =>
  tableLines(columns, rows, { width, paint: (_, text) => text, now, isWide: false, ...more })

test('a pipe gets whole texts and ISO times', () => {
  assert.deepEqual(lines(undefined), [
    'NAME                     STATE    N  IMAGE                           AT',
    'prod/www                 ok       2  registry.example/team/www:1.30  2026-11-29T08:00:00Z',
    'prod/a-much-longer-name  failed  12  nginx                           2026-11-29T08:09:18Z',
  ])
})

test('a wide terminal shows ages, and wide all columns', () => {
  assert.equal(lines(200)[1], 'prod/www                 ok       2  registry.example/team/www:1.30  10 min ago')
  assert.match(lines(200, { isWide: true })[0]!, /AT +MORE$/)
})

test('a narrower terminal drops the column with the lowest priority, then shortens images in the middle, and names last', () => {
  assert.deepEqual(lines(70), [
    'NAME                     STATE    N  IMAGE',
    'prod/www                 ok       2  registry.example/team/www:1.30',
    'prod/a-much-longer-name  failed  12  nginx',
  ])
  assert.deepEqual(lines(55), [
    'NAME                     STATE   IMAGE',
    'prod/www                 ok      registry.e…am/www:1.30',
    'prod/a-much-longer-name  failed  nginx',
  ])
  assert.deepEqual(lines(40), [
    'NAME          STATE   IMAGE',
    'prod/www      ok      registry…/www:1.30',
    'prod/…r-name  failed  nginx',
  ])
  for (const width of [36, 40, 60, 80])
    for (const line of lines(width)) assert.ok(line.length <= width, `${width}: ${line}`)
})

test('where shortened cells do not fit, the columns with the lowest priorities are dropped too, and the first column last', () => {
  assert.deepEqual(lines(20), ['NAME          STATE', 'prod/www      ok', 'prod/…r-name  failed'])
  for (let width = 10; width <= 80; width++)
    for (const line of lines(width)) assert.ok(line.length <= width, `${width}: ${line}`)
})

test('a terminal breaks the sentences of the last column, and keeps the other columns for that', () => {
  const withSentence: readonly Column<Row>[] = [
    columns[0]!,
    columns[1]!,
    columns[2]!,
    {
      header: 'SENTENCE',
      value: ({ image }) => `It runs ${image}, and waits for two tasks.`,
      keepPriority: 7,
      kind: 'text',
    },
  ]
  const broken = (width: number) =>
    tableLines(withSentence, rows, { width, paint: (_, text) => text, now, isWide: false })
  assert.deepEqual(broken(70), [
    'NAME                     STATE    N  SENTENCE',
    'prod/www                 ok       2  It runs',
    '                                     registry.example/team/www:1.30,',
    '                                     and waits for two tasks.',
    'prod/a-much-longer-name  failed  12  It runs nginx, and waits for two',
    '                                     tasks.',
  ])
  for (let width = 10; width <= 120; width++)
    for (const line of broken(width)) assert.ok(line.length <= width, `${width}: ${line}`)
})

test('text of others has no control sequences and no line ends', () => {
  const [, line] = tableLines(columns, [{ ...rows[0]!, name: 'a\u001b[31mb\nc\u202e\td' }], {
    width: undefined,
    paint: (_, text) => text,
    now,
    isWide: false,
  })
  assert.match(line!, /^ab c d {2}ok/)
})
