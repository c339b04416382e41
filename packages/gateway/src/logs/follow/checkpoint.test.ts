/** A checkpoint tells the lines that were sent from those that were not, wherever a follower is cut off. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogEvent } from '../log-streams.ts'
import { Checkpoint, resumeOverlapMs } from './checkpoint.ts'

const sources = ['a', 'b', 'c'].map((stream): LogEvent['source'] => ({
  ...{ region: 'us-east-1', group: 'g', stream, task: stream, container: 'web' },
  ...{ createdAt: 0, stoppedAt: undefined, mayBeMissing: false },
}))

/** A follower with the lines that it was sent, and the lines that CloudWatch Logs has. */
class Model {
  readonly #start = Date.now() - resumeOverlapMs
  readonly #times = sources.map(() => 0)
  readonly written: LogEvent[] = []
  readonly sent: string[] = []
  #checkpoint = new Checkpoint(0)

  /**
   * A container prints a line, some time after its last one. Lines of other containers may have later times already.
   */
  write(stream: number, afterMs: number): void {
    this.#times[stream]! += afterMs
    const time = this.#start + this.#times[stream]!
    const id = String(this.written.length).padStart(6, '0')
    this.written.push({ time, id, message: id, ingestedAt: time, source: sources[stream]! })
  }

  /** The follower is sent the new lines. */
  poll(): void {
    for (const event of this.#inOrder()) if (!this.sent.includes(event.id)) this.#send(event)
  }

  /** The follower resumes at a process that knows nothing of it. */
  resume(): void {
    this.#checkpoint = Checkpoint.read(String(this.#checkpoint))
    const { sentUntil } = this.#checkpoint
    for (const event of this.#inOrder())
      if (event.time >= sentUntil && this.#checkpoint.wasUnsent(event)) this.#send(event)
  }

  #inOrder(): LogEvent[] {
    return this.written.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
  }

  #send(event: LogEvent): void {
    this.sent.push(event.id)
    this.#checkpoint.add(event)
  }
}

test('each line is sent once, whenever the follower resumes', () => {
  const write = fc.record({
    stream: fc.nat({ max: sources.length - 1 }),
    afterMs: fc.constantFrom(0, 0, 0, 1, 500),
  })
  const step = fc.oneof({ weight: 4, arbitrary: write }, fc.constantFrom('poll' as const, 'resume' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const model = new Model()
      for (const each of steps) {
        if (typeof each === 'object') model.write(each.stream, each.afterMs)
        else model[each]()
      }
      model.resume()
      assert.deepEqual(
        model.sent.toSorted(),
        model.written.map(({ id }) => id),
      )
    }),
    { numRuns: 500 },
  )
})

test('the checkpoint of a busy service stays small, and streams without recent lines leave it', () => {
  const checkpoint = new Checkpoint(0)
  const now = Date.now()
  for (let i = 0; i < 1_000; i++)
    checkpoint.add({ time: now - 3_600_000 + i, source: { ...sources[0]!, stream: `old-${i}` } })
  for (let i = 0; i < 100; i++) checkpoint.add({ time: now + i, source: { ...sources[0]!, stream: `new-${i}` } })
  const id = String(checkpoint)
  assert.ok(id.length < 4_000, `${id.length} characters`)
  assert.ok(Checkpoint.read(id).sentUntil >= now - resumeOverlapMs)
})

test('of more streams than an id can have, the streams with the oldest lines are left out, and no line is sent twice', () => {
  const checkpoint = new Checkpoint(0)
  const now = Date.now()
  const lineOf = (i: number) => ({ time: now - i, source: { ...sources[0]!, stream: `many-${i}` } })
  for (let i = 0; i < 1500; i++) checkpoint.add(lineOf(i))
  const resumed = Checkpoint.read(String(checkpoint))
  const event = (i: number) => ({ ...lineOf(i), id: '1', message: '', ingestedAt: now }) as LogEvent
  // Each line was sent.
  for (const i of [0, 500, 999, 1000, 1499]) {
    const again = event(i)
    assert.equal(again.time >= resumed.sentUntil && resumed.wasUnsent(again), false, String(i))
  }
})
