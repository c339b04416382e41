// The lines of a simulated container: read, searched and followed by HTTP.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const program = await startTestProgram()
const { api, token } = program
const { url } = await program.listen()

test('what a simulated container echoes is in its log, can be searched, and goes on in a followed log', async () => {
  await api.put('/local/clusters/prod', {})
  const script = 'echo starting; while true; do echo tick; sleep 0.1; echo "ERROR: tock" >&2; sleep 0.1; done'
  const options = { 'awslogs-group': 'web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'ecs' }
  const logConfiguration = { logDriver: 'awslogs', options: { ...options, 'awslogs-create-group': 'true' } }
  const container = { name: 'web', image: 'nginx', command: ['sh', '-c', script], logConfiguration }
  const registered = await api.post('/local/taskdefs', {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::001122334455:role/ecsTaskExecutionRole',
    containerDefinitions: [container],
  })
  assert.equal(registered.status, 201, registered.text)
  const service = { name: 'www', taskDefinition: 'web', count: 1 }
  const created = await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', service)
  assert.equal(created.status, 201, created.text)

  const followed = await fetch(`${url}/v1/ecs/local/clusters/prod/services/www/logs?follow=true`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/plain' },
  })
  let text = ''
  for await (const bytes of followed.body!.pipeThrough(new TextDecoderStream())) {
    text += bytes
    if (/tick.*ERROR: tock.*tick.*ERROR: tock/s.test(text)) break
  }

  const { items } = (await api.get('/local/clusters/prod/services/www/logs?since=1h&limit=3')).body
  const messages = items.map(({ message }: { message: string }) => message)
  assert.deepEqual(messages, ['starting', 'tick', 'ERROR: tock'])
  const found = (await api.get('/local/clusters/prod/services/www/logs?grep=ERROR&limit=1')).body
  assert.equal(found.items[0].message, 'ERROR: tock')
})
