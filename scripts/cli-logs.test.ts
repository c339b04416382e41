// The command logs: pages, limits and notes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newLoggedService } from '../packages/gateway/src/testing/logged-service.ts'
import { testProgram } from '../packages/gateway/src/testing/program.ts'
import { remoteAws } from '../packages/gateway/src/testing/remote-aws.ts'
import { cliIn, newFolder } from './cli-process.ts'

const aws = await remoteAws()
const program = await testProgram({}, [aws.account('remote')])
const { url } = await program.listen()
const cli = cliIn(newFolder(), { ECS_API_URL: url, ECS_API_TOKEN: program.token, ECS_API_ACCOUNT: 'remote' })
const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'prod' })
const [task = ''] = await service.taskIds()
const count = 1_500
const firstAt = Date.now() - count * 100
await service.write(
  task,
  'web',
  Array.from({ length: count }, (_, i) => ({ timestamp: firstAt + i * 100, message: `line ${i}` })),
)

test('--since prints each line once, in order, and requests each page once', async () => {
  const { code, stdout, stderr } = await cli(['logs', 'prod/www', '--since', '1h', '--raw', '--show-requests'])
  assert.equal(code, 0, stderr)
  assert.equal(stdout, Array.from({ length: count }, (_, i) => `line ${i}\n`).join(''))
  const requests = stderr.match(/^curl .*\/logs\?.*$/gm) ?? []
  assert.equal(requests.length, 2, stderr)
  assert.equal(requests.filter((line) => line.includes('cursor=')).length, 1, stderr)
})

test('--lines prints the newest lines', async () => {
  const { stdout } = await cli(['logs', 'prod/www', '--lines', '2', '--raw'])
  assert.equal(stdout, `line ${count - 2}\nline ${count - 1}\n`)
})

test('--lines with --since prints the oldest lines, and says so', async () => {
  const { stdout, stderr } = await cli(['logs', 'prod/www', '--since', '1h', '--lines', '2', '--raw'])
  assert.equal(stdout, 'line 0\nline 1\n')
  assert.equal(stderr, 'These are the oldest lines since 1h. Without --lines, all are printed.\n')
  assert.match(
    (await cli(['logs', '--help'])).stdout.replaceAll(/\s+/g, ' '),
    /the newest, but with --since the oldest/,
  )
})

test('a number of lines that cannot be printed is a usage error', async () => {
  for (const lines of ['0', '10001']) {
    const { code, stderr } = await cli(['logs', 'prod/www', '--lines', lines])
    assert.equal(code, 2)
    assert.match(stderr, /--lines must be from 1 to 10000\. For more, give --since/)
  }
  const follow = await cli(['logs', 'prod/www', '--follow', '--lines', '5'])
  assert.equal(follow.code, 2)
  assert.match(follow.stderr, /--lines has no effect with --follow[\s\S]*--since/)
})
