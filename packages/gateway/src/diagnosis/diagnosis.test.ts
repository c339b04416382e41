import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causeOfText } from './causes.ts'
import { toDiagnosis } from './diagnosis.ts'
import { reasonCauses } from './reason-causes.ts'

test('next steps name the command of the account’s own runtime', () => {
  const reasons = ['localhost/shop:9: connect: connection refused', 'dial tcp: lookup shop.example: no such host']
  for (const reason of reasons) {
    const cause = causeOfText(`CannotPullContainerError: pull ${reason}`, reasonCauses)!
    const stepsOf = (runtime: string) => {
      const { causes } = toDiagnosis(
        { mode: 'local', runtime },
        { status: 'failing', summary: '', findings: [{ cause, summary: '', evidence: [] }] },
      )
      return causes.flatMap(({ next }) => next.map(({ text }) => text)).join('\n')
    }
    assert.match(stepsOf('docker'), /`docker images`/)
    assert.match(stepsOf('podman'), /`podman images`/)
    assert.doesNotMatch(stepsOf('podman'), /docker/)
  }
})
