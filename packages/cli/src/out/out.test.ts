import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createOut, type OutOptions } from './out.ts'

interface Terminal {
  columns?: number
}

/** An output that stores what it prints. @param terminal by default stdout and stderr are pipes */
function outputOf(options: Partial<OutOptions>, terminal?: Terminal) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  if (terminal) for (const stream of [stdout, stderr]) Object.assign(stream, { isTTY: true, ...terminal })
  const out = createOut({ format: 'table', colour: 'never', now: Date.now, stdout, stderr, ...options })
  return { out, stdout: () => String(stdout.read() ?? ''), stderr: () => String(stderr.read() ?? '') }
}

test('both widths are undefined in a pipe, and 80 columns on a terminal that does not tell', () => {
  const widths = (terminal?: Terminal) => {
    const { out } = outputOf({}, terminal)
    return [out.stdoutWidth, out.stderrWidth]
  }
  assert.deepEqual(
    [widths(), widths({}), widths({ columns: 40 })],
    [
      [undefined, undefined],
      [80, 80],
      [40, 40],
    ],
  )
})

test('jsonl prints each item of an array on a line, also of one that --query made, and nothing for an empty array', async () => {
  const { out, stdout } = outputOf({ format: 'jsonl', query: 'items[].name' })
  await out.data({ items: [{ name: 'a' }, { name: 'b' }] })
  assert.equal(stdout(), '"a"\n"b"\n')
  await out.data({ items: [] })
  assert.equal(stdout(), '')
})

test('a command in an error or a note stays on one line, however narrow the terminal is', () => {
  const { out, stderr } = outputOf({}, { columns: 40 })
  const commands = ['Watch it: ecs-api watch production/a-service-with-a-name', 'Why: ecs-api why production/www']
  out.error(commands.join('   '))
  assert.equal(stderr(), `${commands.join('\n')}\n`)
  out.note(commands[0]!)
  assert.equal(stderr(), `${commands[0]}\n`)
  out.error('A sentence is broken at the width of the terminal.')
  assert.equal(stderr(), 'A sentence is broken at the width of the\n  terminal.\n')
})

test('an event for people has no control sequences in a pipe either', async () => {
  for (const terminal of [undefined, { columns: 80 }]) {
    const { out, stdout } = outputOf({}, terminal)
    await out.event({}, 'x\u001b]0;title\u0007\u001b[2J\u202ey')
    assert.equal(stdout(), 'xy\n')
  }
})
