// Replays the README's tour: its `sh` blocks in one shell, with a gateway of its own. The output must contain what its
// `json` blocks show.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

interface Step {
  commands: string
  shown: unknown
}

function readTour(): Step[] {
  const steps: Step[] = []
  for (const [, language, text = ''] of readme.matchAll(/^```(sh|json)\n([\s\S]*?)^```$/gm)) {
    if (language === 'sh') steps.push({ commands: text, shown: undefined })
    else steps.at(-1)!.shown = JSON.parse(text)
  }
  return steps
}

async function startGateway(folder: string): Promise<{ url: string; stop: () => Promise<number | null> }> {
  const launcher = join(root, 'packages', 'cli', 'bin', 'ecs-api.mjs')
  const child = spawn(process.execPath, [launcher, 'serve'], {
    cwd: folder,
    env: {
      ...process.env,
      ECS_API_LISTEN: '127.0.0.1:0',
      ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
      ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
    },
  })
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  let printed = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      printed += text
      if (printed.includes('token: ')) resolve(printed.split('\n')[0]!)
    })
    child.stderr.on('data', (text) => reject(new Error(String(text))))
  })
  return {
    url,
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}

test('the tour of the README works as shown', async () => {
  const steps = readTour()
  assert.ok(steps.length >= 9, 'the tour has its steps')
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-tour-'))
  const { url, stop } = await startGateway(folder)
  try {
    const script = steps.map(({ commands }, i) => `${commands}\necho "--- ${i} ---"\n`).join('')
    const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      env: { ...process.env, URL: url },
    })
    let output = ''
    let errors = ''
    shell.stdout.on('data', (text) => (output += text))
    shell.stderr.on('data', (text) => (errors += text))
    const code = await new Promise((resolve) => shell.on('close', resolve))
    assert.equal(code, 0, output + errors)
    const outputs = output.split(/--- \d+ ---\n/)
    for (const [i, { commands, shown }] of steps.entries()) {
      if (shown === undefined) continue
      const response = JSON.parse(outputs[i]!.trim().split('\n').at(-1)!)
      assert.ok(
        contains(response, shown),
        `after\n${commands}\nthe README shows ${JSON.stringify(shown)}, but the response is ${JSON.stringify(response)}`,
      )
    }
  } finally {
    assert.equal(await stop(), 0)
    rmSync(folder, { recursive: true })
  }
})

/** Whether the response contains everything that is shown. */
function contains(response: unknown, shown: unknown): boolean {
  if (typeof shown !== 'object' || shown === null) return response === shown
  if (typeof response !== 'object' || response === null) return false
  return Object.entries(shown).every(([key, value]) => contains((response as Record<string, unknown>)[key], value))
}
