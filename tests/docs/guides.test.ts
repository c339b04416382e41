// Replays the guides: the `sh` blocks of each one in a shell, and the commands of their pipelines, with the command
// line on a gateway of its own; and compares the pages under /docs with the files.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'docs', 'guides')
const guides = readdirSync(folder).map((file) => file.replace(/\.md$/, ''))
const { api, listen, token } = await startTestProgram()
const { url } = await listen()

const home = mkdtempSync(join(tmpdir(), 'ecs-api-guides-'))
after(() => rmSync(home, { recursive: true }))
const launcher = join(root, 'packages', 'cli', 'bin', 'ecs-api.mjs')
writeFileSync(join(home, 'ecs-api'), `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`)
chmodSync(join(home, 'ecs-api'), 0o755)

function codeBlocks(guide: string, language: string): string[] {
  const text = readFileSync(join(folder, `${guide}.md`), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, found, block = '']) =>
    found === language ? [block] : [],
  )
}

/** Makes a command whose comment names an exit code other than 0 succeed with that code only. */
function checkExitCodes(commands: string): string {
  return commands.replace(/^(.*?) +# exits with (\d+)$/gm, 'code=0; $1 || code=$?; test "$code" -eq $2')
}

/** @throws AssertionError with the output when a command fails */
async function run(block: string): Promise<string> {
  const commands = checkExitCodes(block)
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', commands], {
    cwd: home,
    env: { PATH: `${home}:${process.env.PATH}`, HOME: home, ECS_API_URL: url, ECS_API_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(code, 0, `${commands}\n${output}`)
  return output
}

await api.post('/local/clusters', { name: 'prod' })
const logging = {
  logDriver: 'awslogs',
  options: {
    'awslogs-group': '/ecs/prod',
    'awslogs-region': 'us-east-1',
    'awslogs-stream-prefix': 'ecs',
    'awslogs-create-group': 'true',
  },
}
await api.post('/local/taskdefs', {
  family: 'web',
  taskRoleArn: 'arn:aws:iam::111122223333:role/task',
  executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
  containerDefinitions: [{ name: 'web', image: 'web:1.0', logConfiguration: logging }],
})
await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 })

// In this order: a rollback needs the release that the pipeline deploys.
for (const guide of guides.toSorted())
  test(`${guide}: its commands work`, async () => {
    const commands = codeBlocks(guide, 'sh')
    assert.ok(commands.length > 0)
    for (const block of commands) await run(block)
  })

test('the pipelines deploy', async () => {
  const [actions = '', gitlab = ''] = codeBlocks('deploy-from-ci', 'yaml')
  const commands = [
    ...parse(actions).jobs.deploy.steps.map(({ run: command }: { run: string }) => command),
    ...parse(gitlab).deploy.script,
  ] as string[]
  assert.equal(commands.length, 2)
  for (const [i, command] of commands.entries()) {
    const localCommand = command.replace('prod/web/www', 'local/prod/www').replace(/\$\{\{ github\.sha \}\}/, `sha${i}`)
    const output = await run(`CI_COMMIT_SHORT_SHA=sha${i} GITHUB_ACTIONS=true\n${localCommand}`)
    assert.match(output, /prod\/www runs web:\d+/)
  }
})

test('each guide is a page under /docs', async () => {
  const index = (await api.get('/docs/guides')).text
  for (const guide of guides) {
    assert.ok(index.includes(`/docs/guides/${guide}`), guide)
    const { status, text } = await api.get(`/docs/guides/${guide}`)
    assert.equal(status, 200)
    assert.match(text, /<pre><code class="language-sh">/)
  }
  assert.equal((await api.get('/docs/guides/constructor')).status, 404)
})
