import { runEngineCommand } from '../index.ts'

process.exitCode = await runEngineCommand(process.argv.slice(2))
