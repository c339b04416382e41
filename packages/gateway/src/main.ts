/** The entry of the process: runs the command that the first argument names. */
import { parseArgs } from 'node:util'

const usage = `ecs-api: simple, RESTful access to Amazon ECS on Fargate

  ecs-api serve [--config FILE]      start the service (the default command)
  ecs-api check [--config FILE]      check the configuration and the credentials of every account
  ecs-api store export [--config …]  write everything in the store to standard output, as JSON lines
  ecs-api store import [--config …]  read the same lines from standard input into an empty store
  ecs-api local-aws [--port N] …     start the engine alone, for any AWS client (its --help has the options)
  ecs-api local-aws env [ACCOUNT]    print the variables with which the AWS CLI and SDKs reach a local account
                [--config FILE]      of the running service
  ecs-api --version                  print the version

The configuration file is FILE, else the file in ECS_API_CONFIG, else ecs-api.yaml if it exists. Every key is also
an environment variable (ECS_API_LISTEN, ECS_API_DATA …). See the README.
`

const [firstArgument = 'serve', ...otherArguments] = process.argv.slice(2)
process.exitCode = await run(firstArgument, otherArguments)

/** @returns the exit code */
async function run(command: string, args: string[]): Promise<number> {
  // `local-aws` has its own help.
  if (command !== 'local-aws' && args.some((text) => text === '--help' || text === '-h')) return run('help', [])
  switch (command) {
    case 'serve': {
      if (args.some((text) => /^--workers(=|$)/.test(text))) {
        const { workersRemoved } = await import('./config/schema.ts')
        console.error(`--workers is ${workersRemoved}.`)
        return 2
      }
      const file = configOf(args)
      if (file === false) return rejected(`${command} accepts only --config FILE.`)
      const { serve } = await import('./commands/serve.ts')
      return serve({ file, environment: process.env })
    }
    case 'check': {
      const file = configOf(args)
      if (file === false) return rejected(`${command} accepts only --config FILE.`)
      return (await import('./commands/check.ts')).check(file)
    }
    case 'store': {
      const [action, ...options] = args
      const file = configOf(options)
      if ((action !== 'export' && action !== 'import') || file === false)
        return rejected('store needs export or import, and accepts --config FILE.')
      return (await import('./commands/store.ts')).storeCommand(action, file)
    }
    case 'local-aws':
      return (await import('./commands/local-aws.ts')).runLocalAws(args)
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
      return rejected(`There is no command ${command}.`)
  }
}

/** @returns the value of `--config`, undefined without it, false when there are other arguments */
function configOf(args: string[]): string | undefined | false {
  try {
    return parseArgs({ args, options: { config: { type: 'string', short: 'c' } }, allowPositionals: false }).values
      .config
  } catch {
    return false
  }
}

/** @returns the exit code for wrong arguments */
function rejected(reason: string): number {
  console.error(`${reason}\n\n${usage}`)
  return 2
}
