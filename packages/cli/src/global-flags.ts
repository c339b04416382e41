/** The flags that every command takes. */
import type { Flag } from './command.ts'
import { formats } from './out/out.ts'

export const globalFlags: readonly Flag[] = [
  { spec: '--url <url>', summary: 'address of the gateway' },
  { spec: '--profile <name>', summary: 'profile that `ecs-api login` has stored' },
  { spec: '--account <name>', summary: 'account, by its name in the gateway' },
  { spec: '--cluster <name>', summary: 'cluster' },
  { spec: '-o, --output <format>', summary: 'format of the result', choices: formats },
  { spec: '--json', summary: 'the same as -o json' },
  { spec: '--yaml', summary: 'the same as -o yaml' },
  { spec: '-q, --names', summary: 'only names on stdout: the same as -o name' },
  { spec: '--query <jmespath>', summary: 'a part of the result, by a JMESPath expression' },
  { spec: '--quiet', summary: 'nothing on stderr but errors' },
  { spec: '--color <when>', summary: 'colour', choices: ['auto', 'always', 'never'] },
  { spec: '--show-requests', summary: 'print each request as curl on stderr' },
  { spec: '--curl', summary: 'print the request as curl, and change nothing' },
  { spec: '-y, --yes', summary: 'do not ask for confirmation' },
]
