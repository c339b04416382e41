/**
 * The commands that run the gateway or the engine in this process. They get their words unparsed
 * (`needs: 'unparsed words'`), because they need no client of the API, and load the gateway's code only when they run.
 */
import { parseArgs } from 'node:util'
import type { Flag, GatewayCommand } from './command.ts'
import { UsageError } from './errors.ts'

/** Finds the file of `--config FILE`. @throws UsageError for any other word */
function configFileIn(command: string, words: readonly string[]): string | undefined {
  try {
    const options = { config: { type: 'string', short: 'c' } } as const
    return parseArgs({ args: [...words], options, allowPositionals: false }).values.config
  } catch {
    throw new UsageError(`${command} accepts only --config FILE.`, `ecs-api ${command} --help`)
  }
}

const configFlag: Flag = {
  spec: '-c, --config <file>',
  summary: 'configuration; default: the file in ECS_API_CONFIG, else ecs-api.yaml if it exists',
}

export const gatewayCommands: readonly GatewayCommand[] = [
  {
    name: 'serve',
    group: 'gateway',
    summary: 'start the gateway',
    flags: [configFlag],
    needs: 'unparsed words',
    run: async (words) => {
      const { serve, workersRemovalText } = await import('@ecs-api/gateway')
      if (words.some((text) => /^--workers(=|$)/.test(text)))
        throw new UsageError(`--workers is ${await workersRemovalText()}.`)
      return serve({ file: configFileIn('serve', words), environment: process.env })
    },
  },
  {
    name: 'check',
    group: 'gateway',
    summary: 'check the configuration and the credentials of every account',
    flags: [configFlag],
    needs: 'unparsed words',
    run: async (words) => {
      const file = configFileIn('check', words)
      return (await import('@ecs-api/gateway')).checkConfiguration(file)
    },
  },
  {
    name: 'store',
    group: 'gateway',
    summary: 'export writes the store as JSON lines, import reads them into an empty store',
    arguments: '<export|import>',
    flags: [configFlag],
    needs: 'unparsed words',
    run: async ([direction, ...words]) => {
      if (direction !== 'export' && direction !== 'import')
        throw new UsageError('store needs export or import, and accepts --config FILE.', 'ecs-api store --help')
      const file = configFileIn('store', words)
      return (await import('@ecs-api/gateway')).storeCommand(direction, file)
    },
  },
  {
    name: 'local-aws',
    group: 'gateway',
    summary: 'start the engine alone; local-aws env prints how AWS clients reach a local account',
    needs: 'unparsed words',
    run: async (words) => (await import('@ecs-api/gateway')).runLocalAws([...words]),
  },
]
