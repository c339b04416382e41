/** The flags of deletions that can wait. */
import type { Flag } from './command.ts'

/** @param end such as `its tasks have stopped` */
export const deletionFlags = (end: string): readonly Flag[] => [
  { spec: '--wait', summary: `wait until ${end}` },
  { spec: '--timeout <duration>', summary: 'with --wait: for at most this long; default 15m' },
]
