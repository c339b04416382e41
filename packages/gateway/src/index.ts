/** The commands that other packages may start. Each is loaded when it is called, so that `check` loads no server. */
import type { ConfigurationSource } from './config/read.ts'

/** Starts the gateway. @returns the exit code, once the process has been asked to stop */
export async function serve(source: ConfigurationSource): Promise<number> {
  return (await import('./commands/serve.ts')).serve(source)
}

/** Checks the configuration, the store and the credentials of each account. @returns the exit code */
export async function checkConfiguration(file: string | undefined): Promise<number> {
  return (await import('./commands/check.ts')).checkConfiguration(file)
}

/** Writes the store to standard output, or reads it from standard input. @returns the exit code */
export async function storeCommand(direction: 'export' | 'import', file: string | undefined): Promise<number> {
  return (await import('./commands/store.ts')).storeCommand(direction, file)
}

/** Starts the engine alone, or prints how to reach the engine of a gateway. @returns the exit code */
export async function runLocalAws(args: string[]): Promise<number> {
  return (await import('./commands/local-aws.ts')).runLocalAws(args)
}

/** Returns the text `removed: …`, which says why the option `--workers` is rejected and what replaces it. */
export async function workersRemovalText(): Promise<string> {
  return (await import('./config/schema.ts')).workersRemovalText
}
