/**
 * The place of a line among all lines: lines are ordered by time, then by the id that CloudWatch Logs gives each event.
 * A cursor holds a position and never a token of AWS's, which expires after 24 hours.
 */
import { readCursor, writeCursor } from '../http/list.ts'
import { BadRequest } from '../problems/problem.ts'

export interface Position {
  /** Milliseconds since 1970. */
  time: number
  /** The event's id. '' sorts before every event of the millisecond, `lastId` after every one. */
  id: string
}

/** Sorts after every event id, which has only digits. */
export const lastId = '~'

export function comparePositions(a: Position, b: Position): number {
  if (a.time !== b.time) return a.time - b.time
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Where the next page begins. */
export interface PageCursor {
  direction: Direction
  /** The next page has the lines before (`older`) or after (`newer`) this position. */
  position: Position
  /** The length of the next window of a search, in milliseconds; 0 for the usual one. */
  windowMs: number
}

export type Direction = 'older' | 'newer'

export function writePageCursor({ direction, position: { time, id }, windowMs }: PageCursor): string {
  return writeCursor([direction, time, id, windowMs])
}

/** @throws BadRequest `InvalidCursor` */
export function readPageCursor(cursor: string): PageCursor {
  const [direction, time, id, windowMs] = readCursor(cursor, ['', 0, '', 0])
  if (
    (direction !== 'older' && direction !== 'newer') ||
    !isTime(time) ||
    !isTime(windowMs) ||
    !/^(\d*|~)$/.test(`${id}`)
  )
    throw new BadRequest('InvalidCursor', 'The cursor does not belong to this list.', {
      next: 'Use nextCursor unchanged, or begin again without ?cursor.',
      errors: [{ in: 'query', name: 'cursor', message: 'not a cursor of this list' }],
    })
  return { direction, position: { time, id: String(id) }, windowMs }
}

/** FilterLogEvents takes times from 0 on. */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
