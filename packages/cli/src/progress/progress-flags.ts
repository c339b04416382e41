/** The flags of commands that wait and show progress. */
import type { Flag } from '../command.ts'
import { progressModes } from './progress.ts'

export const progressFlags: readonly Flag[] = [
  { spec: '--timeout <duration>', summary: 'how long to wait; default 15m' },
  { spec: '--progress <mode>', summary: 'how progress is shown', choices: progressModes },
]
