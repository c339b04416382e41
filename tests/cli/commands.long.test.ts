// Every command of the table on terminals of 80 and 200 columns and through a pipe, against a gateway with services.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commands } from '../../packages/cli/src/commands.ts'
import { newLoggedService } from '../../packages/gateway/src/testing/logged-service.ts'
import { startScriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'
import { hostileProxy, hostileSequences } from '../hostile-proxy.ts'
import { type CliResult, environmentWithHome, newFolder, runCli } from './cli-process.ts'
import { type CommandCall, type CommandContext, commandCalls } from './commands.ts'
import { plainText, startOnTerminal } from './pseudo-terminal.ts'

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed'
const { program, url, agents, standIn, aws } = await startScriptedSessions()
const { api, token } = program

interface Mode {
  name: string
  uniqueName: string
  /** Undefined for a pipe. */
  columns?: number
  /** Every text of the gateway has control sequences. */
  isHostile?: boolean
}

/** Each mode has its own account and its own home folder. */
const modes: readonly Mode[] = [
  { name: 'a pipe', uniqueName: 'piped' },
  { name: 'a terminal of 80 columns', uniqueName: 'narrow', columns: 80 },
  { name: 'a terminal of 200 columns', uniqueName: 'broad', columns: 200 },
  { name: 'a pipe, and hostile texts', uniqueName: 'hostile-piped', isHostile: true },
  { name: 'a terminal of 80 columns, and hostile texts', uniqueName: 'hostile-narrow', columns: 80, isHostile: true },
  { name: 'a terminal of 200 columns, and hostile texts', uniqueName: 'hostile-broad', columns: 200, isHostile: true },
]
const hostileUrl = await hostileProxy(url)
/** The addresses to which the commands have connected. */
const connections: string[] = []

await program.newToken({ name: 'ci', role: 'operator', clusters: ['prod-*'] })
await answerExecCommands()
await addPausedDeployment()

/** Every command that `exec` runs prints `A=1` and ends. */
async function answerExecCommands(): Promise<void> {
  const lines: string[] = []
  standIn.responses.set('ExecuteCommand', ({ command }) => {
    const number = lines.push(String(command)) - 1
    const session = { sessionId: 'ecs-execute-command-1', streamUrl: `${agents.streamUrl}&line=${number}` }
    return { body: { session: { ...session, tokenValue: 'AAEAtoken' } } }
  })
  void (async () => {
    for (;;) {
      const channel = await agents.connection()
      const line = lines[Number(/line=(\d+)/.exec(channel.request.url!)![1])]!
      // The gateway sends the marker that is to follow the output in two halves.
      const [, markerStart = '', markerEnd = ''] = / sh ([0-9a-f]{24}) ([0-9a-f]{24}) /.exec(line) ?? []
      channel.output(0, markerStart === '' ? 'A=1\r\n' : `A=1\r\n${markerStart}${markerEnd}:0\r\n`)
      if (markerStart === '') channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
    }
  })()
}

/** Makes ECS describe a deployment `paused` of remote/prod/www, which waits at a PAUSE hook. */
async function addPausedDeployment(): Promise<void> {
  await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post('/remote/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 0 })
  const arnPrefix = 'arn:aws:ecs:us-east-1:111122223333'
  const deployment = {
    serviceDeploymentArn: `${arnPrefix}:service-deployment/prod/www/paused`,
    serviceArn: `${arnPrefix}:service/prod/www`,
    clusterArn: `${arnPrefix}:cluster/prod`,
    status: 'IN_PROGRESS',
    createdAt: 1_790_000_000,
    targetServiceRevision: {
      arn: `${arnPrefix}:service-revision/prod/www/2`,
      requestedTaskCount: 1,
      runningTaskCount: 0,
    },
    lifecycleStage: 'POST_SCALE_UP',
    lifecycleHookDetails: [{ hookId: 'h', targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'CONTINUE' }],
  }
  standIn.responses.set('DescribeServiceDeployments', ({ serviceDeploymentArns }) =>
    String(serviceDeploymentArns).endsWith('/paused') ? { body: { serviceDeployments: [deployment] } } : undefined,
  )
  standIn.responses.set('ContinueServiceDeployment', () => ({
    body: { serviceDeploymentArn: deployment.serviceDeploymentArn },
  }))
}

const simulationLabels = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`ecs-api.simulated.${name}`, value]))

/** Creates an account with the resources that the calls of one mode use. */
async function newCommandContext(uniqueName: string, isTerminal: boolean): Promise<CommandContext> {
  const account = await program.newAccount()
  const post = async (path: string, body: object) => {
    const response = await api.post(`/${account}${path}`, body)
    assert.ok(response.status < 300, response.text)
    return response.body
  }
  const registerDefinition = (family: string, values: Record<string, string> = {}) =>
    post('/taskdefs', {
      family,
      containerDefinitions: [{ name: 'web', image: 'nginx:1.29', dockerLabels: simulationLabels(values) }],
    })
  await post('/clusters', { name: 'prod' })
  await registerDefinition('web')
  await registerDefinition('slow', { 'pull-delay': '600' })
  await registerDefinition('ends', { 'exit-after': '0' })
  await registerDefinition('broken', { 'pull-error': 'pull access denied for web' })
  await post('/clusters/prod/services?wait=STABLE&fail=true', { name: 'www', taskDefinition: 'web', count: 2 })
  await post('/clusters/prod/services', { name: 'unwell', taskDefinition: 'broken', count: 1 })
  const logged = await newLoggedService(program, aws, { account: 'remote', cluster: uniqueName, name: 'logged' })
  const [task] = await logged.taskIds()
  const now = Date.now()
  const lines = [1, 2, 3].map((n) => ({ timestamp: now - 10 + n, message: `line ${n}` }))
  await logged.write(task!, 'web', lines)
  const { items } = await post('/clusters/prod/tasks?wait=RUNNING', { taskDefinition: 'web' })
  const failed = await post('/clusters/prod/tasks?wait=STOPPED', { taskDefinition: 'broken' })
  return {
    api,
    url,
    token,
    account,
    uniqueName,
    isTerminal,
    runningTask: items[0].id,
    failedTask: failed.items[0].id,
  }
}

/** A line break, or a control sequence that moves the cursor: text after it starts elsewhere on the screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these begin control sequences
const cursorMove = /[\r\n]|\u001b\[[\d;]*[A-HJK]/

/** A module that the process loads first: it writes each address to which the process connects to a file. */
const connectionRecorder = `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from 'node:fs'
  import { Socket } from 'node:net'
  const { connect } = Socket.prototype
  Socket.prototype.connect = function (...args) {
    const [{ host = 'localhost', port, path }] = args.flat().filter((arg) => typeof arg === 'object')
    appendFileSync(process.env.CONNECTIONS_FILE, (path ?? host + ':' + port) + '\\n')
    return connect.apply(this, args)
  }
`)}`

async function runThroughPipe(call: CommandCall, context: CommandContext, home: string): Promise<CliResult> {
  const args = [...call.args(context), ...(call.prompt && call.args(context)[0] !== 'login' ? ['--yes'] : [])]
  const stdin = typeof call.stdin === 'function' ? call.stdin(context) : call.stdin
  const connectionsFile = join(home, 'connections')
  writeFileSync(connectionsFile, '')
  const recording = { NODE_OPTIONS: `--import ${connectionRecorder}`, CONNECTIONS_FILE: connectionsFile }
  const result = await runCli(args, {
    env: { ...environmentFor(call, context, home), ...recording },
    folder: home,
    stdin,
    signalAfter: call.interruptAfter,
  })
  connections.push(...readFileSync(connectionsFile, 'utf8').split('\n').filter(Boolean))
  return result
}

async function runOnTerminal(
  call: CommandCall,
  context: CommandContext,
  home: string,
  columns: number,
): Promise<CliResult> {
  const env = { TERM: 'xterm-256color', ...environmentFor(call, context, home) }
  const run = startOnTerminal(call.args(context), { home, columns, env })
  const stdin = typeof call.stdin === 'function' ? call.stdin(context) : call.stdin
  if (call.prompt) {
    await run.waitFor(call.prompt[0])
    run.type(`${call.prompt[1](context)}\r`)
  } else if (stdin !== undefined) run.type(`${stdin}\n\u0004`)
  if (call.interruptAfter) {
    await run.waitFor(call.interruptAfter)
    run.type('\u0003')
  }
  return { code: await run.ended, stdout: run.output(), stderr: '' }
}

function environmentFor(
  { env }: CommandCall,
  { account, url: address }: CommandContext,
  home: string,
): Record<string, string> {
  const user = { ECS_API_URL: address, ECS_API_TOKEN: token, ECS_API_ACCOUNT: account, ECS_API_CLUSTER: 'prod' }
  return environmentWithHome(home, env ?? user)
}

/** The pattern of all of stdout, for a screen that has the question, the typed text and stderr, too. */
const amongOther = ({ source }: RegExp): RegExp => new RegExp(source.replace(/^\^/, '(?:^|\\n)').replace(/\$$/, ''))

test('the table of this test has exactly the commands of the program', () => {
  assert.deepEqual(Object.keys(commandCalls).sort(), commands.map(({ name }) => name).sort())
})

for (const { name: mode, uniqueName, columns, isHostile = false } of modes) {
  test(`every command: ${mode}`, { skip: columns !== undefined && skip }, async (t) => {
    const context = {
      ...(await newCommandContext(uniqueName, columns !== undefined)),
      ...(isHostile && { url: hostileUrl }),
    }
    const home = newFolder()
    for (const [name, call] of Object.entries(commandCalls)) {
      // exec prints the bytes of a container as they are, and no account has the exact name `local` behind this proxy.
      if (isHostile && (name === 'exec' || name === 'accounts get')) continue
      await t.test(name, { timeout: 60_000 }, async () => {
        await call.prepare?.(context)
        const result = await (columns === undefined
          ? runThroughPipe(call, context, home)
          : runOnTerminal(call, context, home, columns))
        const printed = `${result.stdout}\n${result.stderr}`
        assert.equal(result.code, call.exitCode ?? 0, printed)
        if (isHostile) {
          for (const part of hostileSequences)
            assert.ok(!printed.includes(part), `${JSON.stringify(part)} is in ${JSON.stringify(printed)}`)
          return
        }
        if (columns === undefined) {
          assert.match(result.stdout, call.stdout)
          assert.match(result.stderr, call.stderr ?? /^$/)
          assert.ok(!printed.includes('\u001b'), printed)
          return
        }
        const screen = plainText(result.stdout)
        const pieces = result.stdout.split(cursorMove).map(plainText)
        assert.match(screen, call.terminalOutput ?? (call.prompt || call.stdin ? amongOther(call.stdout) : call.stdout))
        if (!call.isNotWrapped) for (const piece of pieces) assert.ok([...piece].length <= columns, piece)
      })
    }
    if (columns === undefined && !isHostile) {
      assert.ok(connections.length > Object.keys(commandCalls).length / 2, 'the connections were recorded')
      const gateways = [url, hostileUrl].map((address) => new URL(address).host)
      const others = connections.filter((address) => !gateways.includes(address))
      assert.deepEqual(others, [], 'no command connects to another host than the gateway')
    }
    if (!isHostile || columns === undefined) return
    const raw: CommandCall = { args: () => ['logs', `remote/${uniqueName}/logged`, '--raw'], stdout: /./ }
    const { stdout } = await runOnTerminal(raw, context, home, columns)
    assert.ok(stdout.includes(hostileSequences[0]!), '--raw prints the lines as they are')
  })
}
