// Every command of the table on terminals of 80 and 200 columns and through a pipe, against a gateway with services.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { commands } from '../../packages/cli/src/commands.ts'
import { newLoggedService } from '../../packages/gateway/src/testing/logged-service.ts'
import { scriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'
import { hostileProxy, hostileSequences } from '../hostile-proxy.ts'
import { type CliResult, environmentWithHome, newFolder, runCli } from './cli-process.ts'
import { type CommandCall, type CommandContext, commandCalls } from './commands.ts'
import { plainText, startOnTerminal } from './pseudo-terminal.ts'

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed'
const { program, url, agents, standIn, aws } = await scriptedSessions()
const { api, token } = program

/** Each mode has an account and a home of its own. */
const modes = [
  { name: 'a pipe', unique: 'piped', columns: undefined },
  { name: 'a terminal of 80 columns', unique: 'narrow', columns: 80 },
  { name: 'a terminal of 200 columns', unique: 'broad', columns: 200 },
  { name: 'a terminal, where every text has control sequences', unique: 'hostile', columns: 200, isHostile: true },
]
const hostileUrl = await hostileProxy(url)

await program.newToken({ name: 'ci', role: 'operator', clusters: ['prod-*'] })
await playSessions()
await pauseDeployment()

/** Each session prints `A=1` and ends. */
async function playSessions(): Promise<void> {
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
      // The gateway gives the marker behind the output as two words.
      const [, first = '', second = ''] = / sh ([0-9a-f]{24}) ([0-9a-f]{24}) /.exec(line) ?? []
      channel.output(0, first === '' ? 'A=1\r\n' : `A=1\r\n${first}${second}:0\r\n`)
      if (first === '') channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
    }
  })()
}

/** ECS describes the deployment `paused` of remote/prod/www as one that waits at a PAUSE hook. */
async function pauseDeployment(): Promise<void> {
  await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post('/remote/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 0 })
  const scope = 'arn:aws:ecs:us-east-1:111122223333'
  const deployment = {
    serviceDeploymentArn: `${scope}:service-deployment/prod/www/paused`,
    serviceArn: `${scope}:service/prod/www`,
    clusterArn: `${scope}:cluster/prod`,
    status: 'IN_PROGRESS',
    createdAt: 1_790_000_000,
    targetServiceRevision: { arn: `${scope}:service-revision/prod/www/2`, requestedTaskCount: 1, runningTaskCount: 0 },
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

const labels = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`ecs-api.simulated.${name}`, value]))

async function newPlace(unique: string, isTerminal: boolean): Promise<CommandContext> {
  const account = await program.newAccount()
  const post = async (path: string, body: object) => {
    const made = await api.post(`/${account}${path}`, body)
    assert.ok(made.status < 300, made.text)
    return made.body
  }
  const define = (family: string, values: Record<string, string> = {}) =>
    post('/taskdefs', {
      family,
      containerDefinitions: [{ name: 'web', image: 'nginx:1.29', dockerLabels: labels(values) }],
    })
  const service = (name: string, taskDefinition: string, count: number, wait = '?wait=STABLE&fail=true') =>
    post(`/clusters/prod/services${wait}`, { name, taskDefinition, count })
  await post('/clusters', { name: 'prod' })
  await define('web')
  await define('slow', { 'pull-delay': '600' })
  await define('ends', { 'exit-after': '0' })
  await define('broken', { 'pull-error': 'pull access denied for web' })
  await service('www', 'web', 2)
  await service('unwell', 'broken', 1, '')
  const logged = await newLoggedService(program, aws, { account: 'remote', cluster: unique, name: 'logged' })
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
    uniqueName: unique,
    isTerminal,
    runningTask: items[0].id,
    failedTask: failed.items[0].id,
  }
}

/** Behind it text begins at another place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these begin control sequences
const cursorMove = /[\r\n]|\u001b\[[\d;]*[A-HJK]/

async function inPipe(call: CommandCall, at: CommandContext, home: string): Promise<CliResult> {
  const args = [...call.args(at), ...(call.prompt && call.args(at)[0] !== 'login' ? ['--yes'] : [])]
  const stdin = typeof call.stdin === 'function' ? call.stdin(at) : call.stdin
  return runCli(args, { env: environmentOf(call, at, home), folder: home, stdin, signalAfter: call.interruptAfter })
}

async function onTerminal(call: CommandCall, at: CommandContext, home: string, columns: number): Promise<CliResult> {
  const env = { TERM: 'xterm-256color', ...environmentOf(call, at, home) }
  const run = startOnTerminal(call.args(at), { home, columns, env })
  const stdin = typeof call.stdin === 'function' ? call.stdin(at) : call.stdin
  if (call.prompt) {
    await run.waitFor(call.prompt[0])
    run.type(`${call.prompt[1](at)}\r`)
  } else if (stdin !== undefined) run.type(`${stdin}\n\u0004`)
  if (call.interruptAfter) {
    await run.waitFor(call.interruptAfter)
    run.type('\u0003')
  }
  return { code: await run.ended, stdout: run.output(), stderr: '' }
}

function environmentOf(
  { env }: CommandCall,
  { account, url: address }: CommandContext,
  home: string,
): Record<string, string> {
  const user = { ECS_API_URL: address, ECS_API_TOKEN: token, ECS_API_ACCOUNT: account, ECS_API_CLUSTER: 'prod' }
  return environmentWithHome(home, env ?? user)
}

test('the table of this test has exactly the commands of the program', () => {
  assert.deepEqual(Object.keys(commandCalls).sort(), commands.map(({ name }) => name).sort())
})

for (const { name: mode, unique, columns, isHostile = false } of modes) {
  test(`every command: ${mode}`, { skip: columns !== undefined && skip }, async (t) => {
    const at = { ...(await newPlace(unique, columns !== undefined)), ...(isHostile && { url: hostileUrl }) }
    const home = newFolder()
    for (const [name, call] of Object.entries(commandCalls)) {
      // A program in a container owns the terminal, and an account is found by its exact name.
      if (isHostile && (name === 'exec' || name === 'accounts get')) continue
      await t.test(name, { timeout: 60_000 }, async () => {
        await call.prepare?.(at)
        const result = await (columns === undefined ? inPipe(call, at, home) : onTerminal(call, at, home, columns))
        const printed = `${result.stdout}\n${result.stderr}`
        assert.equal(result.code, call.exitCode ?? 0, printed)
        if (columns === undefined) {
          assert.match(result.stdout, call.stdout)
          assert.match(result.stderr, call.stderr ?? /^$/)
          assert.ok(!printed.includes('\u001b'), printed)
          return
        }
        if (isHostile) {
          for (const part of hostileSequences)
            assert.ok(!result.stdout.includes(part), `${JSON.stringify(part)} is in ${JSON.stringify(result.stdout)}`)
          return
        }
        const screen = plainText(result.stdout)
        const pieces = result.stdout.split(cursorMove).map(plainText)
        assert.match(
          screen,
          call.terminalOutput ?? (call.interruptAfter || call.prompt || call.stdin ? /./ : call.stdout),
        )
        if (!call.isNotLaidOut) for (const piece of pieces) assert.ok([...piece].length <= columns, piece)
      })
    }
    if (!isHostile) return
    const raw: CommandCall = { args: () => ['logs', 'remote/hostile/logged', '--raw'], stdout: /./ }
    const { stdout } = await onTerminal(raw, at, home, 200)
    assert.ok(stdout.includes(hostileSequences[0]!), 'the lines as they are')
  })
}
