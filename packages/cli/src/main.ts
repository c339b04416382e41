/** Starts the program. For commands of the service and `--version`, it loads only the modules that they need. */
import { findCommit } from './commit.ts'
import { findServiceCommand, runServiceProcess } from './run-service.ts'
import { version } from './version.ts'

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const commit = findCommit()
  console.log(commit === undefined ? version : `${version} (${commit})`)
} else {
  const command = findServiceCommand(argv)
  if (command) await runServiceProcess(command, argv.slice(1))
  else await (await import('./process.ts')).runProcess(argv)
}
