// A hundred sessions in real containers, and the first above the engine's limit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { connectTerminal } from '../../packages/gateway/src/testing/terminal-client.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'

const terminalNumbers = [0, 1, 2, 3, 4]

test('five tokens open 100 sessions in 5 tasks, and AWS’s words reject the first one above the limit of a task', {
  skip: noContainers,
}, async () => {
  await ensureTestImage()
  const { api, listen, newAccount, newToken } = await startTestProgram({
    engine: { runtime: getContainerRuntime().address },
  })
  const { url } = await listen()
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, {
    family: 'web',
    taskRoleArn: 'arn:aws:iam::111122223333:role/app',
    containerDefinitions: [
      { name: 'web', image: testImage, command: ['sh', '-c', 'trap exit TERM; sleep 100000 & wait'], stopTimeout: 2 },
    ],
  })
  const ran = await api.post(`/${account}/clusters/prod/tasks?wait=RUNNING`, {
    taskDefinition: 'web',
    count: 5,
    enableExecuteCommand: true,
  })
  assert.equal(ran.status, 201, ran.text)
  const tasks: string[] = ran.body.items.map(({ id }: { id: string }) => id)
  const tokens = await Promise.all(
    terminalNumbers.map((i) =>
      newToken({ name: `person-${i}`, role: 'viewer', permissions: ['exec'], accounts: [account], clusters: ['prod'] }),
    ),
  )
  const open = (task: string | undefined, token: string | undefined) =>
    api.post(
      `/${account}/clusters/prod/tasks/${task}/exec`,
      { command: ['sh', '-c', 'echo ready; read line; echo "[$line]"'] },
      { headers: { authorization: `Bearer ${token}` } },
    )

  // Each of the 5 tokens has 4 sessions in each of the 5 tasks. So a token has 20 sessions, which is its limit, and a
  // task has 20, which is ECS's limit.
  const terminals = await Promise.all(
    terminalNumbers.flatMap((tokenNumber) =>
      Array.from({ length: 20 }, async (_, i) => {
        const opened = await open(tasks[i % 5], tokens[tokenNumber])
        assert.equal(opened.status, 201, opened.text)
        const terminal = connectTerminal(url, opened.body.url)
        await terminal.waitUntilShown(/ready\r\n/)
        return { terminal, text: `session ${tokenNumber}-${i}` }
      }),
    ),
  )
  const overToken = await open(tasks[0], tokens[0])
  assert.deepEqual([overToken.status, overToken.body.code], [429, 'TokenLimitExceeded'], overToken.text)
  const other = await newToken({ name: 'other', role: 'admin', accounts: [account] })
  for (const task of tasks) {
    const refused = await open(task, other)
    assert.deepEqual(
      [refused.status, refused.body.code, refused.body.detail],
      [
        400,
        'ClientException',
        'Unable to start new execute sessions because the maximum session limit of 20 has been reached.',
      ],
    )
  }
  // All are alive, and none has the output of another.
  await Promise.all(
    terminals.map(async ({ terminal, text }) => {
      terminal.type(`${text}\n`)
      assert.equal((await terminal.exit).reason, 'CommandEnded')
      assert.equal(terminal.shown(), `ready\r\n${text}\r\n[${text}]\r\n`)
    }),
  )
  const again = await open(tasks[0], other)
  assert.equal(again.status, 201, again.text)
  const last = connectTerminal(url, again.body.url)
  last.type('the last\n')
  await last.waitUntilShown(/\[the last\]/)
})
