/**
 * JSON Pointers in the source of a document, so that an error of the gateway (`errors[].pointer` of a problem) can be
 * shown at its place in a YAML or JSON file.
 */

/** A `Document` of the package `yaml`, or another parsed document with the same method. */
export interface ParsedDocument {
  /** The node at the path. With `keepScalar`, a scalar is a node, too, and not its value. */
  getIn: (path: readonly (string | number)[], keepScalar: true) => unknown
}

/**
 * The offsets in the source, from start to end (exclusive), of the node that the JSON Pointer names. When that node is
 * missing, those of the nearest node around it, and in an empty document the beginning.
 */
export function rangeOf(document: ParsedDocument, jsonPointer: string): [start: number, end: number] {
  let path: (string | number)[] = []
  let range = rangeAt(document, path)
  for (const part of jsonPointer.split('/').slice(1).map(unescapePart)) {
    // A key of digits is a string in JSON, a number in YAML, and the index of an item.
    const keys = /^\d+$/.test(part) ? [part, Number(part)] : [part]
    const next = keys.map((key) => [...path, key]).find((each) => rangeAt(document, each) !== undefined)
    if (next === undefined) break
    path = next
    range = rangeAt(document, path)
  }
  return range ?? [0, 0]
}

const unescapePart = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

function rangeAt(document: ParsedDocument, path: readonly (string | number)[]): [number, number] | undefined {
  const node = document.getIn(path, true) as { range?: readonly number[] | null } | undefined
  const [start, end] = node?.range ?? []
  return start === undefined || end === undefined ? undefined : [start, end]
}
