/** The flags of commands that show the gateway's plan. */
import type { Flag } from './command.ts'

export const planFlags: readonly Flag[] = [
  { spec: '--plan', summary: 'show the plan and change nothing' },
  { spec: '--exit-code', summary: 'with --plan: exit 9 when there are changes' },
]
