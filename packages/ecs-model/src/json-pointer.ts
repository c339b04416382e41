/** JSON Pointers (RFC 6901) to the values in a client's JSON. */
import type { Path } from './rules/rule.ts'

function pointerOfPath(path: Path): string {
  let pointer = ''
  for (const segment of path)
    pointer += typeof segment === 'number' ? `/${segment}` : `/${escapePointerSegment(segment)}`
  return pointer
}

/** Checks first, because few names need escaping and a large body has thousands of them. */
export function escapePointerSegment(segment: string): string {
  return /[~/]/.test(segment) ? segment.replaceAll('~', '~0').replaceAll('/', '~1') : segment
}

/** The place in the client's JSON of each value in an input of ECS. */
export class ValueOrigins {
  /** By the pointer of a value's path in the input: the pointer to the client's value. */
  readonly #origins: Map<string, string>
  /** Paths whose values were made from a shorthand, so the client has not written the members inside them. */
  readonly #madeFromShorthand = new Set<string>()

  constructor(bodyPointer: string) {
    this.#origins = new Map([['', bodyPointer]])
  }

  add(path: Path, pointer: string): void {
    this.#origins.set(pointerOfPath(path), pointer)
  }

  addShorthand(path: Path): void {
    this.#madeFromShorthand.add(pointerOfPath(path))
  }

  /** The pointer to the value that the client wrote for exactly this path. */
  get(path: Path): string | undefined {
    return this.#origins.get(pointerOfPath(path))
  }

  /** The pointer to the value, or for a value that the client did not write to the place where it would be. */
  pointerTo(path: Path): string {
    // Inside a value from a shorthand the client has written at most the items of a list, and nothing within them.
    const shorthandIndex = path.findIndex((_, i) => this.#madeFromShorthand.has(pointerOfPath(path.slice(0, i + 1))))
    const maxLength = shorthandIndex < 0 ? path.length : Math.min(path.length, shorthandIndex + 2)
    for (let length = maxLength; length >= 0; length--) {
      const origin = this.get(path.slice(0, length))
      if (origin === undefined) continue
      const isInsideShorthand = shorthandIndex >= 0 && length > shorthandIndex
      return isInsideShorthand ? origin : origin + pointerOfPath(path.slice(length))
    }
    return ''
  }
}
