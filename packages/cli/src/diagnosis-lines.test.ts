import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnosis } from '@ecs-api/client'
import { diagnosisLines } from './diagnosis-lines.ts'

const evidenceOf = (text: string) => {
  const evidence = [
    { kind: 'log', at: '2026-11-30T00:00:00Z', text, resource: '/v1/ecs/local/clusters/prod/tasks/0123abcd' },
  ]
  const cause = { code: 'ProgramFailed', severity: 'error', title: 'x', summary: 'It ended.', evidence, next: [] }
  const diagnosis = { status: 'failing', summary: '0 of 1 tasks run.', causes: [cause], notChecked: [] }
  const lines = diagnosisLines(diagnosis as unknown as Diagnosis, {
    paint: (_, line) => line,
    formatTime: () => '5 s ago',
  })
  return lines.slice(3, -1)
}

test('each line of a log is a line of its own, without control characters', () => {
  assert.deepEqual(evidenceOf('one\n\n\u001b[2Jtwo\r\nthree'), [
    '  log         5 s ago  0123abcd',
    '              one',
    '              two',
    '              three',
  ])
  assert.deepEqual(evidenceOf('one'), ['  log         5 s ago  0123abcd  one'])
})
