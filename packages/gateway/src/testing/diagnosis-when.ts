/** Reads a service's diagnosis until it has a wanted property. The service's event stream says when to read again. */
import assert from 'node:assert/strict'
import { readEvents } from './event-reader.ts'

export interface Diagnosis {
  status: string
  summary: string
  causes: {
    code: string
    severity: string
    summary: string
    evidence: { kind: string; text: string; resource?: string }[]
  }[]
  notChecked: object[]
}

export const hasCause = (code: string) => (diagnosis: Diagnosis) =>
  diagnosis.causes.some((cause) => cause.code === code)

/** The cause, with a stopped task as evidence: an event can name it first. */
export const hasTask = (code: string) => (diagnosis: Diagnosis) =>
  diagnosis.causes.some((cause) => cause.code === code && cause.evidence.some(({ kind }) => kind === 'task'))

/** @param url of the service */
export async function diagnosisWhen(
  url: string,
  token: string,
  isWanted: (diagnosis: Diagnosis) => boolean,
): Promise<Diagnosis> {
  const authorization = `Bearer ${token}`
  const stream = await readEvents(url, { authorization })
  for (let count = 1; ; count++) {
    await stream.until(() => stream.events.length >= count)
    const response = await fetch(`${url}/diagnosis`, { headers: { authorization, 'cache-control': 'no-cache' } })
    const text = await response.text()
    assert.equal(response.status, 200, text)
    const diagnosis = JSON.parse(text) as Diagnosis
    if (!isWanted(diagnosis)) continue
    stream.close()
    return diagnosis
  }
}
