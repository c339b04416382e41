/**
 * The command `ecs-api local-aws …`: runs the engine's command. For `env` it adds the data folder of the gateway's
 * embedded engine.
 */
import { parseArgs } from 'node:util'
import { runEngineCommand } from '@ecs-api/local-aws'
import { BrokenConfiguration } from '../config/faults.ts'
import { readConfiguration } from '../config/read.ts'
import { engineFolder } from '../process/embedded-engine.ts'

/** @returns the exit code */
export async function runLocalAws(args: string[]): Promise<number> {
  if (args[0] !== 'env' || args.some((arg) => arg.startsWith('--data'))) return runEngineCommand(args)
  const options = parseEnvArguments(args)
  // The engine's command reports invalid arguments.
  if (!options) return runEngineCommand(args)
  try {
    const { data } = await readConfiguration({ file: options.file, environment: process.env })
    return await runEngineCommand([...options.positionals, '--data', engineFolder(data)])
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return 1
  }
}

/** Parses the arguments of `env`; undefined when they contain anything but `--config` and the account's name. */
function parseEnvArguments(args: string[]): { file: string | undefined; positionals: string[] } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { config: { type: 'string', short: 'c' } },
      allowPositionals: true,
    })
    return { file: values.config, positionals }
  } catch {
    return undefined
  }
}
