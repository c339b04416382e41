/**
 * The position of a line in the order of all lines: by time, then by the id that CloudWatch Logs gives each event. A
 * cursor contains a position and not a token of AWS, because tokens expire after 24 hours.
 */
import { readCursor, writeCursor } from '../http/list.ts'
import { BadRequest } from '../problems/problem.ts'

export interface Position {
  /** Milliseconds since 1970. */
  time: number
  /** The event's id. '' sorts before every event of the millisecond, and `afterEveryEventId` after every event. */
  id: string
}

/** Sorts after every event id, which has only digits. */
export const afterEveryEventId = '~'

export function comparePositions(a: Position, b: Position): number {
  if (a.time !== b.time) return a.time - b.time
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** The position at which the next page begins. */
export interface PageCursor {
  direction: Direction
  /** The next page has the lines before (`older`) or after (`newer`) this position. */
  position: Position
  /** The length of the next time window to search, in milliseconds; 0 for the usual length. */
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

/** FilterLogEvents accepts no negative times. */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
