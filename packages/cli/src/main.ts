/** Starts the program. For commands of the gateway and `--version`, it loads only the modules that they need. */
import { findCommit } from './commit.ts'
import { findGatewayCommand, runGatewayProcess } from './run-gateway.ts'
import { version } from './version.ts'

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const commit = findCommit()
  console.log(commit === undefined ? version : `${version} (${commit})`)
} else {
  const command = findGatewayCommand(argv)
  if (command) await runGatewayProcess(command, argv.slice(1))
  else await (await import('./process.ts')).runProcess(argv)
}
