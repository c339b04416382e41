/** The entry of the process. Commands of the service and `--version` load nothing of the command line. */
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
