// Ctrl-C and Ctrl-D (the end of the input) at each kind of question, on a terminal.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { launcherPath } from './cli-process.ts'
import { api, createService, home, variables } from './prod-cluster.ts'
import { plainText, startOnTerminal } from './pseudo-terminal.ts'

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed'
await createService('www', 'web')
await api.post('/local/clusters', { name: 'empty' })
writeFileSync(join(home, 'patch.yaml'), 'count: 0\n')

/**
 * The commands with their questions. With `-f -` standard input is `patch.yaml`, and the answers come from the
 * terminal.
 */
const questions: Record<string, [args: string[], question: RegExp]> = {
  'the token of login': [['login', variables.ECS_API_URL, '--name', 'made'], /Token for/],
  'y/N of a plan': [['deploy', 'www', '--env', 'A=1'], /Continue\? \[y\/N\]/],
  'y/N of a plan, while standard input is the file': [['deploy', 'www', '-f', '-'], /Continue\? \[y\/N\]/],
  'the name of a cluster to delete': [['clusters', 'delete', 'empty'], /\(empty\):/],
}
for (const [name, [args, question]] of Object.entries(questions))
  for (const [key, text] of [
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ] as const)
    test(`${key} at ${name}: 130, and one sentence`, { skip, timeout: 60_000 }, async () => {
      const script = '"$0" "$@" < patch.yaml'
      const command = args.includes('-') ? ['bash', '-c', script, process.execPath] : undefined
      const run = startOnTerminal(args, {
        home,
        env: variables,
        ...(command && { command: [...command, launcherPath] }),
      })
      await run.waitFor(question)
      run.type(text)
      assert.equal(await run.ended, 130, run.output())
      const screen = plainText(run.output())
      assert.match(screen, /\nInterrupted\.\n$/)
      assert.doesNotMatch(screen, /Warning|await|may have been made/)
    })
