/**
 * Reads a body as JSON and says where it is wrong. JSON.parse reads; a walk over the tokens finds what it does not
 * report: the place of an error (V8's message has it only sometimes), and names that are given twice, of which
 * JSON.parse silently takes the last.
 */
import { BadRequest, type Fault, faultReport, TooLarge } from '../../problems/problem.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Deeper than any structure of ECS, and far from the limit of recursion. */
const maxDepth = 64
/** ECS takes at most 64 KiB for a task definition, which holds fewer values. More would delay other requests. */
const maxValues = 10_000
const maxNameLength = 1024
/** Limit of names given twice: each needs a pointer of its own. */
const maxReported = 100

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
  const { fault, twice } = walk(text)
  if (fault) throw malformed(text, fault)
  if (twice.length > 0) {
    const errors = twice.map((pointer): Fault => ({ in: 'body', pointer, message: 'given more than once' }))
    const { detail, ...options } = faultReport(`${twice[0]}: given more than once`, errors)
    throw new BadRequest('InvalidBody', detail, options)
  }
  return JSON.parse(text)
}

function malformed(text: string, { at, what }: Misplaced): BadRequest {
  const lines = text.slice(0, at).split('\n')
  const place = `line ${lines.length}, column ${lines.at(-1)!.length + 1}`
  return new BadRequest('MalformedJson', `The body is not JSON: ${what} at ${place} (position ${at}).`, {
    errors: [{ in: 'body', pointer: '', message: `${what} at ${place}` }],
    also: { position: at },
  })
}

interface Misplaced {
  at: number
  what: string
}

interface Open {
  mark: '{' | '['
  /** Names so far. */
  names: Set<string>
  /** The current name or index. */
  step: string | number
}

// RFC 8259: a punctuation mark, a string, or a number or word.
const token =
  /([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y
const blank = /[ \t\r\n]*/y

/** The place where the text stops being JSON, if it does, and the pointers of names that are given more than once. */
function walk(text: string): { fault: Misplaced | undefined; twice: string[] } {
  const open: Open[] = []
  const twice: string[] = []
  let expects: 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'more' | 'end' = 'value'
  let at = 0
  let values = 0
  const afterValue = () => (open.length === 0 ? 'end' : 'more')
  const misplaced = (place: number) => ({ fault: { at: place, what: messageAt(text, place) }, twice })

  for (;;) {
    blank.lastIndex = at
    at += blank.exec(text)![0].length
    if (at === text.length && expects === 'end') return { fault: undefined, twice }
    token.lastIndex = at
    const match = token.exec(text)
    if (!match) return misplaced(withinToken(text, at))
    const [whole, mark, string] = match
    const inside = open.at(-1)
    const closes = mark === (inside?.mark === '{' ? '}' : ']')

    if (closes && inside && (expects === 'more' || expects === 'first value' || expects === 'first name')) {
      open.pop()
      expects = afterValue()
    } else if (expects === 'value' || expects === 'first value') {
      if (++values > maxValues) throw tooManyValues()
      if (mark === '{' || mark === '[') {
        if (open.length === maxDepth) return { fault: { at, what: `nested more than ${maxDepth} deep` }, twice }
        open.push({ mark, names: new Set(), step: 0 })
        expects = mark === '{' ? 'first name' : 'first value'
      } else if (mark) return misplaced(at)
      else expects = afterValue()
    } else if (expects === 'name' || expects === 'first name') {
      if (!string || !inside) return misplaced(at)
      if (string.length > maxNameLength)
        return { fault: { at, what: `a name of more than ${maxNameLength} characters` }, twice }
      inside.step = JSON.parse(string) as string
      if (inside.names.has(inside.step) && twice.length < maxReported) twice.push(pointerTo(open))
      inside.names.add(inside.step)
      expects = 'colon'
    } else if (expects === 'colon') {
      if (mark !== ':') return misplaced(at)
      expects = 'value'
    } else {
      if (mark !== ',' || !inside) return misplaced(at)
      if (typeof inside.step === 'number') inside.step++
      expects = inside.mark === '{' ? 'name' : 'value'
    }
    at += whole.length
  }
}

function tooManyValues(): TooLarge {
  return new TooLarge('BodyTooLarge', `The body has more than ${maxValues} values.`, {
    next: 'Send a smaller body: ECS itself takes at most 64 KiB for a task definition.',
  })
}

function pointerTo(open: readonly Open[]): string {
  return open.map(({ step }) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function messageAt(text: string, at: number): string {
  return at >= text.length
    ? 'it ends too early'
    : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`
}

/** A string that is never closed, or has a control character, is wrong where it breaks, not where it begins. */
function withinToken(text: string, start: number): number {
  if (text[start] !== '"') return start
  const good = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
  good.lastIndex = start
  return start + good.exec(text)![0].length
}
