/** Runs the command `local-aws` from its sources, for tests that need the engine in a process of its own. */
import { runEngineCommand } from '../index.ts'

process.exitCode = await runEngineCommand(process.argv.slice(2))
