/**
 * Reads a body as JSON. JSON.parse reads the value. A walk over the tokens finds two facts that JSON.parse does not
 * report: the position of an error, and the names that are given twice.
 */
import { BadRequest, detailAndErrorsOf, type Fault, TooLarge } from '../../problems/problem.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Deeper than any structure of ECS, and far from the limit of recursion. */
const maxDepth = 64
/** A task definition of ECS's maximum, 64 KiB, has fewer values. More values would delay other requests. */
const maxValues = 10_000
const maxNameLength = 1024
/** At most this many repeated names are reported, because each needs a pointer. */
const maxRepeatedNames = 100

/** The body's value, or undefined for an empty body. */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new BadRequest('MalformedJson', 'The body is not UTF-8.', {
      errors: [{ in: 'body', pointer: '', message: 'not UTF-8' }],
    })
  }
  const { fault, repeatedNames } = findFaults(text)
  if (fault) throw malformed(text, fault)
  if (repeatedNames.length > 0) {
    const errors = repeatedNames.map((pointer): Fault => ({ in: 'body', pointer, message: 'given more than once' }))
    const { detail, ...options } = detailAndErrorsOf(`${repeatedNames[0]}: given more than once`, errors)
    throw new BadRequest('InvalidBody', detail, options)
  }
  return JSON.parse(text)
}

function malformed(text: string, { position, description }: SyntaxFault): BadRequest {
  const lines = text.slice(0, position).split('\n')
  const place = `line ${lines.length}, column ${lines.at(-1)!.length + 1}`
  return new BadRequest('MalformedJson', `The body is not JSON: ${description} at ${place} (position ${position}).`, {
    errors: [{ in: 'body', pointer: '', message: `${description} at ${place}` }],
    extensionMembers: { position },
  })
}

interface SyntaxFault {
  position: number
  description: string
}

interface OpenContainer {
  bracket: '{' | '['
  /** The names that were read so far. */
  names: Set<string>
  /** The current name or index. */
  nameOrIndex: string | number
}

// RFC 8259: a punctuation mark, a string, or a number or word.
const token =
  /([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y
const blank = /[ \t\r\n]*/y

/** Finds the position where the text stops being JSON, and the pointers of names that are given more than once. */
function findFaults(text: string): { fault: SyntaxFault | undefined; repeatedNames: string[] } {
  const open: OpenContainer[] = []
  const repeatedNames: string[] = []
  let expects: 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'more' | 'end' = 'value'
  let position = 0
  let values = 0
  const afterValue = () => (open.length === 0 ? 'end' : 'more')
  const syntaxFaultAt = (place: number) => ({
    fault: { position: place, description: messageAt(text, place) },
    repeatedNames,
  })

  for (;;) {
    blank.lastIndex = position
    position += blank.exec(text)![0].length
    if (position === text.length && expects === 'end') return { fault: undefined, repeatedNames }
    token.lastIndex = position
    const match = token.exec(text)
    if (!match) return syntaxFaultAt(endOfValidPart(text, position))
    const [whole, bracket, string] = match
    const inside = open.at(-1)
    const closes = bracket === (inside?.bracket === '{' ? '}' : ']')

    if (closes && inside && (expects === 'more' || expects === 'first value' || expects === 'first name')) {
      open.pop()
      expects = afterValue()
    } else if (expects === 'value' || expects === 'first value') {
      if (++values > maxValues) throw tooManyValues()
      if (bracket === '{' || bracket === '[') {
        if (open.length === maxDepth)
          return { fault: { position, description: `nested more than ${maxDepth} deep` }, repeatedNames }
        open.push({ bracket, names: new Set(), nameOrIndex: 0 })
        expects = bracket === '{' ? 'first name' : 'first value'
      } else if (bracket) return syntaxFaultAt(position)
      else expects = afterValue()
    } else if (expects === 'name' || expects === 'first name') {
      if (!string || !inside) return syntaxFaultAt(position)
      if (string.length > maxNameLength)
        return { fault: { position, description: `a name of more than ${maxNameLength} characters` }, repeatedNames }
      inside.nameOrIndex = JSON.parse(string) as string
      if (inside.names.has(inside.nameOrIndex) && repeatedNames.length < maxRepeatedNames)
        repeatedNames.push(pointerTo(open))
      inside.names.add(inside.nameOrIndex)
      expects = 'colon'
    } else if (expects === 'colon') {
      if (bracket !== ':') return syntaxFaultAt(position)
      expects = 'value'
    } else {
      if (bracket !== ',' || !inside) return syntaxFaultAt(position)
      if (typeof inside.nameOrIndex === 'number') inside.nameOrIndex++
      expects = inside.bracket === '{' ? 'name' : 'value'
    }
    position += whole.length
  }
}

function tooManyValues(): TooLarge {
  return new TooLarge('BodyTooLarge', `The body has more than ${maxValues} values.`, {
    next: 'Send a smaller body: ECS itself takes at most 64 KiB for a task definition.',
  })
}

function pointerTo(open: readonly OpenContainer[]): string {
  return open.map(({ nameOrIndex }) => `/${String(nameOrIndex).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function messageAt(text: string, at: number): string {
  return at >= text.length
    ? 'it ends too early'
    : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`
}

/** The position up to which a broken string is valid. A string without an end, for example, is wrong at its end. */
function endOfValidPart(text: string, start: number): number {
  if (text[start] !== '"') return start
  const validPart = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
  validPart.lastIndex = start
  return start + validPart.exec(text)![0].length
}
