/** The process: what `ecs-api` does, by its first word. */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'

const usage = `ecs-api: simple, RESTful access to Amazon ECS on Fargate

  ecs-api serve [--config FILE]      the service (the default)
  ecs-api check [--config FILE]      check the configuration and every account's credentials
  ecs-api store export [--config …]  all that the store keeps, as JSON lines, to standard output
  ecs-api store import [--config …]  the same, from standard input into an empty store
  ecs-api local-aws [--port N] …     the embedded engine by itself, for any AWS client (--help says more)
  ecs-api local-aws env [ACCOUNT]    how the AWS CLI and SDKs reach a local account of the running service
                [--config FILE]
  ecs-api --version                  which version this is

The configuration is FILE, else ECS_API_CONFIG, else ecs-api.yaml when it is there; every key is also an
environment variable (ECS_API_LISTEN, ECS_API_DATA …). See the README.
`

const [word = 'serve', ...rest] = process.argv.slice(2)
process.exitCode = await run(word, rest)

async function run(command: string, words: string[]): Promise<number> {
  // The engine's own command has help of its own.
  if (command !== 'local-aws' && words.some((text) => text === '--help' || text === '-h')) return run('help', [])
  switch (command) {
    case 'serve': {
      if (words.some((text) => /^--workers(=|$)/.test(text))) {
        const { workersRemoved } = await import('./config/schema.ts')
        console.error(`--workers is ${workersRemoved}.`)
        return 2
      }
      const file = configOf(words)
      if (file === false) return refused(`${command} takes --config FILE only.`)
      const { serve } = await loaded(() => import('./commands/serve.ts'))
      return serve({ file, environment: process.env })
    }
    case 'check': {
      const file = configOf(words)
      if (file === false) return refused(`${command} takes --config FILE only.`)
      return (await import('./commands/check.ts')).check(file)
    }
    case 'store': {
      const [what, ...more] = words
      const file = configOf(more)
      if ((what !== 'export' && what !== 'import') || file === false)
        return refused('store takes export or import, and --config FILE.')
      return (await import('./commands/store.ts')).storeCommand(what, file)
    }
    case 'local-aws':
      return (await import('./commands/local-aws.ts')).runLocalAws(words)
    case 'help':
    case '--help':
    case '-h':
      console.log(usage)
      return 0
    case '--version': {
      const { version, githash } = await (await import('./http/version.ts')).version()
      console.log(`${version} (${githash})`)
      return 0
    }
    default:
      return refused(`There is no command named ${command}.`)
  }
}

/** @returns the value of `--config`, undefined without it, false where there is anything else among the words */
function configOf(words: string[]): string | undefined | false {
  try {
    return parseArgs({ args: words, options: { config: { type: 'string', short: 'c' } }, allowPositionals: false })
      .values.config
  } catch {
    return false
  }
}

/** What loading leaves behind does not make V8's young generation large for good: it grows with the work that comes. */
async function loaded<Module>(load: () => Promise<Module>): Promise<Module> {
  setFlagsFromString('--semi-space-growth-factor=1')
  try {
    return await load()
  } finally {
    // V8's own.
    setFlagsFromString('--semi-space-growth-factor=2')
  }
}

function refused(reason: string): number {
  console.error(`${reason}\n\n${usage}`)
  return 2
}
