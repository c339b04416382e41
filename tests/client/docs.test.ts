// Runs each example of docs/client.md, after the first one, which creates the client; and the example of its README.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createClient } from '../../packages/client/src/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const examplesIn = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

const [setUp = '', ...examples] = examplesIn('docs/client.md')
const { token, listen } = await startTestProgram()
const { url } = await listen()
const ecs = createClient({ url, token }).account('local')
await ecs.clusters.create({ name: 'prod', tags: { old: 'x' } })
await ecs.taskDefinitions.create({
  family: 'web',
  executionRoleArn: `arn:aws:iam::${(await createClient({ url, token }).accounts.page()).items[0]!.number}:role/execution`,
  containerDefinitions: [
    {
      name: 'web',
      image: 'nginx:1.29',
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/web',
          'awslogs-region': 'us-east-1',
          'awslogs-stream-prefix': 'web',
          'awslogs-create-group': 'true',
        },
      },
    },
  ],
})
const created = await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })
await created.stable()

async function run(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    { env: { ...process.env, ECS_API_URL: url, ECS_API_TOKEN: token }, timeout: 60_000 },
  )
  return stdout
}

test('docs/client.md has its examples', () => assert.equal(examples.length, 10))

for (const example of examples)
  test(`example: ${example.trim().split('\n').at(-1)}`, async () => {
    const output = await run(setUp + example)
    if (example.includes('console.log') && !example.includes('.logs(')) assert.notEqual(output, '')
  })

test('the example of the client’s README runs', async () => {
  const [example = ''] = examplesIn('packages/client/README.md')
  assert.match(await run(example), /Deployed/)
})
