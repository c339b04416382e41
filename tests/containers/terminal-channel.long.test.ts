// The data channel of sessions in real containers, through a proxy that records, loses, doubles and reorders messages.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, test } from 'node:test'
import { decodeMessage } from '../../packages/gateway/src/exec/channel/message.ts'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { type FrameFate, type FrameProxy, startFrameProxy } from '../../packages/gateway/src/testing/frame-proxy.ts'
import { createKmsWithKey } from '../../packages/gateway/src/testing/kms-key.ts'
import { startTestProgram, type TestProgram } from '../../packages/gateway/src/testing/program.ts'
import { connectTerminal } from '../../packages/gateway/src/testing/terminal-client.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'

const skip = noContainers
let program: TestProgram
let proxy: FrameProxy
let kms: Awaited<ReturnType<typeof createKmsWithKey>>
let url = ''
const alias = 'alias/ecs-exec-sealed'
/** The path of a task's sessions, by cluster. */
const paths = { plain: '', sealed: '' }

if (!skip) {
  await ensureTestImage()
  const aws = await startEngineOverTcp({ runtime: getContainerRuntime().address })
  const account = aws.account('remote')
  proxy = await startFrameProxy(account.endpoint ?? '')
  program = await startTestProgram({ accounts: [aws.account('remote', { endpoint: proxy.url })] })
  kms = await createKmsWithKey(account, alias)
  ;({ url } = await program.listen())
}

before(async () => {
  if (skip) return
  const { api } = program
  const containerDefinitions = [
    { name: 'web', image: testImage, command: ['sh', '-c', 'trap exit TERM; sleep 100000 & wait'], stopTimeout: 2 },
  ]
  const taskRoleArn = 'arn:aws:iam::111122223333:role/app'
  await api.post('/remote/taskdefs', { family: 'web', taskRoleArn, containerDefinitions })
  const executeCommandConfiguration = { kmsKeyId: alias, logging: 'DEFAULT' }
  await api.post('/remote/clusters', { name: 'plain' })
  await api.post('/remote/clusters', { name: 'sealed', configuration: { executeCommandConfiguration } })
  for (const cluster of ['plain', 'sealed'] as const) {
    const ran = await api.post(`/remote/clusters/${cluster}/tasks?wait=RUNNING`, {
      taskDefinition: 'web',
      enableExecuteCommand: true,
    })
    assert.equal(ran.status, 201, ran.text)
    paths[cluster] = `/remote/clusters/${cluster}/tasks/${ran.body.items[0].id}/exec`
  }
})

async function openTerminal(cluster: keyof typeof paths, command: string | string[]) {
  const opened = await program.api.post(paths[cluster], { command })
  assert.equal(opened.status, 201, opened.text)
  return connectTerminal(url, opened.body.url)
}

/** The payloads of one side's messages, each once and in order: a text may go over several. */
function payloadsOf(side: 'client' | 'agent'): Buffer {
  const payloads = new Map<number, Uint8Array>()
  for (const { from, bytes } of proxy.frames) {
    const message = from === side ? decodeMessage(bytes) : undefined
    if (message && /_stream_data$/.test(message.type)) payloads.set(message.sequence, message.payload)
  }
  return Buffer.concat([...payloads].sort(([a], [b]) => a - b).map(([, payload]) => payload))
}

/** The readable text in the messages of a session in which a secret is typed and printed. */
async function readable(cluster: keyof typeof paths) {
  proxy.frames.length = 0
  const terminal = await openTerminal(cluster, 'sh')
  await terminal.waitUntilShown(/# /)
  terminal.type('read secret; echo "[$secret]" | tr a-z A-Z\n')
  await terminal.waitUntilShown(/tr a-z A-Z\r\n/)
  terminal.type('correct-horse-€\n')
  await terminal.waitUntilShown(/\[CORRECT-HORSE-€\]\r\n/)
  terminal.resize(101, 33)
  terminal.type('until busybox stty size | grep "33 101"; do sleep 0.1; done; exit\n')
  assert.equal((await terminal.exit).reason, 'CommandEnded')
  assert.match(terminal.shown(), /33 101\r\n/)
  const [client, agent] = [payloadsOf('client'), payloadsOf('agent')]
  return {
    typed: client.includes('correct-horse'),
    printed: agent.includes('CORRECT-HORSE'),
    prompt: agent.includes('# '),
    size: client.includes('{"cols":101,"rows":33}'),
    notice: terminal.warnings.join(),
  }
}

test('in a cluster with a KMS key, the payloads on the channel are not readable, and the terminal works', {
  skip,
}, async () => {
  assert.deepEqual(await readable('plain'), {
    ...{ typed: true, printed: true, prompt: true, size: true },
    notice: '',
  })
  assert.deepEqual(await readable('sealed'), {
    ...{ typed: false, printed: false, prompt: false, size: true },
    notice: 'This session is encrypted using AWS KMS.',
  })
  proxy.frames.length = 0
  const ran = await program.api.post(paths.sealed, {
    interactive: false,
    command: ['sh', '-c', 'echo hunter2; exit 3'],
  })
  assert.deepEqual(ran.body, { output: 'hunter2\r\n', exitCode: 3, truncated: false }, ran.text)
  // The command line goes to ECS, so only the output is encrypted.
  assert.ok(proxy.frames.length > 5 && !proxy.frames.some(({ bytes }) => bytes.includes('hunter2')))
})

test('a key that cannot be used is a refusal of the request, which names the reason', { skip }, async (t) => {
  t.after(() => {
    proxy.answerFor = () => undefined
  })
  const post = (body: object = { command: 'sh' }) => program.api.post(paths.sealed, body)
  const refused = async (status: number, code: string, detail: RegExp) => {
    for (const body of [{ command: 'sh' }, { command: 'env', interactive: false }]) {
      const answer = await post(body)
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text)
      assert.match(answer.body.detail, detail)
    }
  }
  const waiting = await post()
  await kms.kms.disableKey({ KeyId: kms.keyId })
  await refused(409, 'ExecKeyUnusable', /is disabled\..*kmsKeyId/)
  // The key was disabled between the request and the connection.
  const late = connectTerminal(url, waiting.body.url)
  assert.equal((await late.exit).reason, 'CommandNotStarted')
  assert.match(late.warnings.join(), /KMSEncryption failed on client .*is disabled/)
  await kms.kms.enableKey({ KeyId: kms.keyId })
  await kms.kms.deleteAlias({ AliasName: alias })
  await refused(409, 'ExecKeyUnusable', /Alias .*ecs-exec-sealed is not found/)
  await kms.kms.createAlias({ AliasName: alias, TargetKeyId: kms.keyId })

  const answers = (body: object) => {
    proxy.answerFor = (target) => (target.startsWith('TrentService.') ? { status: 400, body } : undefined)
  }
  const arn = 'arn:aws:sts::111122223333:assumed-role/gateway/x'
  answers({
    __type: 'AccessDeniedException',
    message: `User: ${arn} is not authorized to perform: kms:GenerateDataKey`,
  })
  await refused(502, 'AwsAccessDenied', /kms:GenerateDataKey/)
  answers({ __type: 'UnknownOperationException' })
  await refused(501, 'NotOfferedByAws', /does not offer kms:GenerateDataKey/)
  proxy.answerFor = () => undefined
  assert.equal((await post({ command: 'true', interactive: false })).body.exitCode, 0)
})

for (const cluster of ['plain', 'sealed'] as const)
  test(`messages are lost, doubled and reordered: output and input of a ${cluster} terminal arrive complete`, {
    skip,
  }, async () => {
    const fates: FrameFate[] = ['lost', 'doubled', 'late', 'kept', 'kept', 'kept', 'kept', 'kept', 'kept', 'kept']
    let unlucky = 0
    proxy.fateOf = () => {
      const fate = fates[randomBytes(1).readUInt8() % fates.length] ?? 'kept'
      if (fate !== 'kept') unlucky++
      return fate
    }
    const bytes = randomBytes(40_000)
    const terminal = await openTerminal(cluster, [
      ...['sh', '-c'],
      `busybox stty raw -echo; echo ready; head -c ${bytes.length} | sha256sum; seq 1 4000; echo 'the end'; head -c 1 > /dev/null`,
    ])
    await terminal.waitUntilShown(/ready/)
    for (let at = 0; at < bytes.length; at += 1000) terminal.type(bytes.subarray(at, at + 1000))
    // At the end of a command, the agent waits 2 s for acknowledgements, so the command ends when all is there.
    await terminal.waitUntilShown(/the end\n/)
    proxy.fateOf = () => 'kept'
    terminal.type('q')
    assert.equal((await terminal.exit).reason, 'CommandEnded')
    const sum = createHash('sha256').update(bytes).digest('hex')
    const numbers = Array.from({ length: 4000 }, (_, i) => `${i + 1}\n`).join('')
    assert.ok(terminal.shown() === `ready\n${sum}  -\n${numbers}the end\n`, terminal.shown().slice(0, 200))
    assert.ok(unlucky > 10, String(unlucky))
  })
