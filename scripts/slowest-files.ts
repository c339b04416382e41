/** A reporter for Node's test runner that prints the ten slowest test files. */
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

const maxFiles = 10

export default async function* slowestFiles(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files: { file: string; ms: number }[] = []
  for await (const { type, data } of source)
    if (type === 'test:summary' && data.file !== undefined)
      files.push({ file: relative('.', data.file), ms: data.duration_ms })
  if (files.length < 2) return
  yield '\nSlowest files:\n'
  for (const { file, ms } of files.sort((a, b) => b.ms - a.ms).slice(0, maxFiles))
    yield `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}\n`
}
