/**
 * Reads a service's diagnosis until it has a wanted property. The diagnosis is read again only at each event of the
 * service. A test must not wait here for a cause that appears without an event.
 */
import assert from 'node:assert/strict'
import { openEventReader } from './event-reader.ts'

export interface Diagnosis {
  status: string
  summary: string
  causes: {
    code: string
    severity: string
    summary: string
    evidence: { kind: string; at?: string; text: string; resource?: string }[]
    next: { text: string }[]
  }[]
  notChecked: object[]
}

export const hasCause = (code: string) => (diagnosis: Diagnosis) =>
  diagnosis.causes.some((cause) => cause.code === code)

/**
 * Whether the diagnosis has the cause with a stopped task as evidence. Before ECS returns the task, only a service
 * event may show the cause.
 */
export const hasCauseWithTask = (code: string) => (diagnosis: Diagnosis) =>
  diagnosis.causes.some((cause) => cause.code === code && cause.evidence.some(({ kind }) => kind === 'task'))

/** @param url of the service */
export async function waitForDiagnosis(
  url: string,
  token: string,
  isWanted: (diagnosis: Diagnosis) => boolean,
): Promise<Diagnosis> {
  const authorization = `Bearer ${token}`
  const stream = await openEventReader(url, { authorization })
  try {
    for (let count = 1; ; count++) {
      await stream.waitForEvent(() => stream.events.length >= count)
      const response = await fetch(`${url}/diagnosis`, { headers: { authorization, 'cache-control': 'no-cache' } })
      const text = await response.text()
      assert.equal(response.status, 200, text)
      const diagnosis = JSON.parse(text) as Diagnosis
      if (isWanted(diagnosis)) return diagnosis
    }
  } finally {
    stream.close()
  }
}
