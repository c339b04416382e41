// Completion in bash, zsh and fish themselves, against a gateway; PowerShell's script by its text.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, environmentWithHome, launcherPath, newFolder } from './cli-process.ts'
import { plainText, startOnTerminal } from './pseudo-terminal.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { api, token } = program
await api.post('/local/clusters', { name: 'prod' })
await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
for (const name of ['steady', 'steadier'])
  await api.post('/local/clusters/prod/services?wait=STABLE', { name, taskDefinition: 'web', count: 0 })

const home = newFolder()
const bin = join(home, 'bin')
mkdirSync(bin)
writeFileSync(join(bin, 'ecs-api'), `#!/bin/sh\nexec '${process.execPath}' '${launcherPath}' "$@"\n`)
chmodSync(join(bin, 'ecs-api'), 0o755)
const variables = { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_ACCOUNT: 'local', ECS_API_CLUSTER: 'prod' }
const env = { ...variables, PATH: `${bin}:${process.env.PATH}`, TMPDIR: home, PS1: '$ ' }
writeFileSync(join(home, 'some-file.yaml'), '{}')
/** @returns the reason to skip a test that needs the tools, or false if they are installed */
const skipWithout = (...tools: string[]) => {
  const tool = tools.find((name) => spawnSync(name, ['--version']).status !== 0)
  return tool === undefined ? false : `${tool} is not installed`
}

/** Starts a shell on a terminal, and types each beginning of a line and a tab until the shell shows the completion. */
async function assertCompletions(
  t: TestContext,
  command: readonly string[],
  setUp: string,
  completions: readonly [typed: string, shown: RegExp][],
) {
  const run = startOnTerminal([], { home, env, command, columns: 120 })
  t.after(() => run.child.kill())
  run.type(`${setUp}; echo rea''dy\r`)
  await run.waitFor(/ready\r\n/)
  for (const [typed, shown] of completions) {
    const before = plainText(run.output()).length
    const isShown = () => shown.test(plainText(run.output()).slice(before))
    run.type(`${typed}\t`)
    // A late response of the gateway completes nothing: a person presses Tab again.
    for (let i = 0; i < 40 && !isShown(); i++) {
      await new Promise((resolve) => setTimeout(resolve, 500))
      if (i % 4 === 3) run.type('\t')
    }
    assert.ok(isShown(), `${typed}: ${plainText(run.output()).slice(before)}`)
    // Ctrl-U clears the line.
    run.type('\u0015')
  }
  run.type('exit\r')
  await run.ended
}

test('bash completes commands, verbs, flags and names', { skip: skipWithout('bash', 'python3') }, (t) =>
  assertCompletions(t, ['bash', '--norc', '--noprofile', '-i'], 'eval "$(ecs-api completion bash)"', [
    ['ecs-api rollb', /ecs-api rollback /],
    ['ecs-api tokens ro', /ecs-api tokens rotate /],
    ['ecs-api logs --fol', /ecs-api logs --follow /],
    ['ecs-api services get stea', /steadier +steady/],
    ['ecs-api services get steadi', /ecs-api services get steadier /],
    ['ecs-api services list -o js', /json +jsonl/],
    ['ecs-api deploy steady --task-definition w', /--task-definition web /],
    ['ecs-api deploy steady -f some-f', /-f some-file\.yaml /],
  ]),
)

test('zsh completes commands, flags and names, with descriptions', { skip: skipWithout('zsh', 'python3') }, (t) =>
  assertCompletions(t, ['zsh', '-f', '-i'], 'autoload -Uz compinit; compinit -u -D; eval "$(ecs-api completion zsh)"', [
    ['ecs-api rollb', /ecs-api rollback /],
    ['ecs-api tokens ro', /ecs-api tokens rotate /],
    ['ecs-api logs --fol', /ecs-api logs --follow /],
    ['ecs-api services get steadi', /ecs-api services get steadier /],
    ['ecs-api dep', /deploy +-- change a service: plan, confirm, watch[\s\S]*deployments +-- /],
  ]),
)

test('fish completes commands, flags and names, with descriptions', { skip: skipWithout('fish') }, async () => {
  const complete = async (line: string) => {
    const script = `ecs-api completion fish | source; complete -C '${line}'`
    const shell = spawn('fish', ['--no-config', '-c', script], { cwd: home, env: environmentWithHome(home, env) })
    let text = ''
    for await (const chunk of shell.stdout.setEncoding('utf8')) text += chunk
    return text
  }
  const completeWithNames = async (line: string) => {
    for (let i = 0; ; i++) {
      const text = await complete(line)
      if (text !== '' || i === 20) return text
    }
  }
  assert.equal(await complete('ecs-api rollb'), 'rollback\trestore an earlier release\n')
  assert.equal(await complete('ecs-api tokens ro'), 'rotate\tgive a token a new value\n')
  assert.equal(await complete('ecs-api logs --fol'), '--follow\tprint lines as they arrive\n')
  assert.match(await completeWithNames('ecs-api services get steadi'), /^steadier\tScaled to 0 tasks\.\n$/)
})

test('values of flags are completed: choices and names, and files only where the flag takes one', async () => {
  const cli = cliWithHome(home, variables)
  const namesOf = async (...words: string[]) => {
    for (let i = 0; ; i++) {
      const { stdout } = await cli(['complete', '--', ...words], { env: { TMPDIR: home } })
      // A late response of the gateway completes nothing.
      if (stdout !== '' || i === 20) return stdout.split('\n').flatMap((line) => line.split('\t')[0] || [])
    }
  }
  assert.deepEqual(await namesOf('tasks', 'list', '--status', 'S'), ['STOPPED'])
  assert.deepEqual(await namesOf('-o', 'y'), ['yaml'])
  assert.deepEqual(await namesOf('tasks', 'list', '--cluster', ''), ['prod'])
  assert.deepEqual(await namesOf('tasks', 'list', '--account', ''), ['local'])
  assert.deepEqual(await namesOf('tasks', 'list', '--service', 'steadi'), ['steadier'])
  assert.deepEqual(await namesOf('taskdefs', 'list', ''), ['web'])
  assert.deepEqual(await namesOf('services', 'create', 'x', '--task-definition', ''), ['web'])
  assert.deepEqual(await namesOf('services', 'create', '-f', 'x'), [':files'])
  const { stdout } = await cli(['complete', '--', 'deploy', 'steady', '--env', ''])
  assert.equal(stdout, '', 'free text has no candidates')
})

test('the script for PowerShell, which this test does not run, is the one that was tried', async () => {
  const golden = readFileSync(new URL('completion.golden.ps1', import.meta.url), 'utf8')
  assert.equal((await cliWithHome(home)(['completion', 'powershell'])).stdout, golden)
})

test('completed names are kept only in a folder of this user that nobody else can read', async () => {
  const cli = cliWithHome(home, variables)
  const folder = newFolder()
  const complete = async () => {
    for (let i = 0; ; i++) {
      const { stdout } = await cli(['complete', '--', 'services', 'get', 'steadi'], { env: { TMPDIR: folder } })
      if (stdout !== '' || i === 20) return assert.match(stdout, /^steadier\t/)
    }
  }
  await complete()
  const [name] = readdirSync(folder)
  assert.match(name!, /^ecs-api-/)
  assert.equal(readdirSync(join(folder, name!)).length, 1)
  rmSync(join(folder, name!), { recursive: true })
  mkdirSync(join(folder, name!), { mode: 0o755 })
  await complete()
  assert.deepEqual(readdirSync(join(folder, name!)), [])
  rmSync(join(folder, name!), { recursive: true })
  const elsewhere = newFolder()
  symlinkSync(elsewhere, join(folder, name!))
  await complete()
  assert.deepEqual(readdirSync(elsewhere), [])
})

test('the command that only the completion scripts call is never suggested', async () => {
  const cli = cliWithHome(home, variables)
  assert.deepEqual((await cli(['complete', '--', 'comple'])).stdout.split('\t')[0], 'completion')
  assert.doesNotMatch((await cli(['complet'])).stderr, /complete[,.]/)
})
