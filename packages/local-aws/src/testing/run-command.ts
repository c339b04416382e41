import { localAws } from '../index.ts'

process.exitCode = await localAws(process.argv.slice(2))
