import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { LogLine } from '../runtime.ts'
import { readLogFile } from './log-file.ts'

const { signal } = new AbortController()
const record = (text: string, { stream = 'stdout', whole = true, second = 0 } = {}) =>
  `2026-11-23T19:02:0${second}.123456789+01:00 ${stream} ${whole ? 'F' : 'P'} ${text}\n`

function createLogFile(t: TestContext, ...records: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-file-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'ctr.log')
  writeFileSync(path, records.join(''))
  return path
}

async function linesOf(path: string, afterPosition?: string): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const batch of readLogFile(path, { afterPosition, signal })) lines.push(...batch)
  return lines
}

const mixed = [
  record('one'),
  record('out be', { whole: false, second: 1 }),
  record('err be', { stream: 'stderr', whole: false, second: 2 }),
  record('gun', { second: 3 }),
  record('between', { second: 4 }),
  record('gun', { stream: 'stderr', second: 5 }),
  record('terminal\r', { second: 6 }),
  record('no newline', { whole: false, second: 7 }),
]

test('the parts of a line are joined with the time of the first, and the last line needs no newline', async (t) => {
  const lines = await linesOf(createLogFile(t, ...mixed))
  const at = (second: number) => Date.parse('2026-11-23T18:02:00.123Z') + 1000 * second
  assert.deepEqual(
    lines.map((line) => [line.time, line.stream, line.text]),
    [
      [at(0), 'stdout', 'one'],
      [at(1), 'stdout', 'out begun'],
      [at(4), 'stdout', 'between'],
      [at(2), 'stderr', 'err begun'],
      [at(6), 'stdout', 'terminal'],
      [at(7), 'stdout', 'no newline'],
    ],
  )
})

test('reading resumes after any line with the remaining lines', async (t) => {
  const path = createLogFile(t, ...mixed)
  const lines = await linesOf(path)
  for (const [i, { position }] of lines.entries()) assert.deepEqual(await linesOf(path, position), lines.slice(i + 1))
  assert.deepEqual(await linesOf(path, '1795455723123456789/3'), lines, 'a position of the API’s format is ignored')
})

test('a character split between two parts is restored', async (t) => {
  const path = createLogFile(t)
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
  for (const [text, whole] of [
    [first, 'P'],
    [second, 'F'],
  ] as const)
    appendFileSync(path, Buffer.concat([Buffer.from(`2026-11-23T19:02:00Z stdout ${whole} `), text, Buffer.from('\n')]))
  assert.deepEqual(
    (await linesOf(path)).map(({ text }) => text),
    ['é'],
  )
})

test('a line without an end is split into lines of the maximum length', async (t) => {
  const piece = 'x'.repeat(8192)
  const lines = await linesOf(createLogFile(t, ...Array.from({ length: 100 }, () => record(piece, { whole: false }))))
  assert.equal(lines.map(({ text }) => text).join(''), piece.repeat(100))
  assert.ok(lines.every(({ text }) => text.length <= 262_118))
})

test('lines that are written during the reading arrive until the container ends, even if a record is written in two parts', async (t) => {
  const path = createLogFile(t, record('0'))
  const ended = Promise.withResolvers<void>()
  const seen: string[] = []
  for await (const lines of readLogFile(path, { containerEnd: ended.promise, signal })) {
    seen.push(...lines.map(({ text }) => text))
    if (seen.length === 4) ended.resolve()
    else if (seen.length < 4) {
      const next = record(String(seen.length))
      appendFileSync(path, next.slice(0, 20))
      setImmediate(() => appendFileSync(path, next.slice(20)))
    }
  }
  assert.deepEqual(seen, ['0', '1', '2', '3'])
})

test('a log that was emptied continues from its beginning', async (t) => {
  const path = createLogFile(t, record('before'), record('the same'))
  const ended = Promise.withResolvers<void>()
  const seen: string[] = []
  for await (const lines of readLogFile(path, { containerEnd: ended.promise, signal })) {
    seen.push(...lines.map(({ text }) => text))
    if (seen.length === 2) writeFileSync(path, record('after'))
    else ended.resolve()
  }
  assert.deepEqual(seen, ['before', 'the same', 'after'])
  const [last] = await linesOf(createLogFile(t, ...mixed), undefined).then((all) => all.slice(-1))
  assert.deepEqual(
    (await linesOf(path, last?.position)).map(({ text }) => text),
    ['after'],
  )
})

test('aborting a reader closes the file at once', async (t) => {
  const path = createLogFile(t)
  const aborting = new AbortController()
  const following = linesFollowed(path, aborting.signal)
  aborting.abort(new Error('enough'))
  await assert.rejects(following, /enough/)
})

async function linesFollowed(path: string, until: AbortSignal): Promise<void> {
  for await (const lines of readLogFile(path, { containerEnd: new Promise(() => {}), signal: until }))
    assert.fail(lines[0]?.text)
}
