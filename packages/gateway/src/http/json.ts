/** Reading a body as JSON, and saying where it stops being JSON: V8's message does not always give the place. */
import { BadRequest } from '../problems/problem.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The body's value, or undefined when there is none. */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new BadRequest('MalformedJson', 'The body is not UTF-8.', { errors: [{ in: 'body', pointer: '', message: 'not UTF-8' }] })
  }
  try {
    return JSON.parse(text)
  } catch {
    const at = firstFault(text)
    const lines = text.slice(0, at).split('\n')
    const place = `line ${lines.length}, column ${lines.at(-1)!.length + 1}`
    const found = at >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`
    throw new BadRequest('MalformedJson', `The body is not JSON: ${found} at ${place} (position ${at}).`, {
      errors: [{ in: 'body', pointer: '', message: `${found} at ${place}` }],
      also: { position: at },
    })
  }
}

const token =
  /([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y
const blank = /[ \t\r\n]*/y

/** Where text that JSON.parse refuses goes wrong: the index of the first character that cannot stand there. */
function firstFault(text: string): number {
  const open: string[] = []
  let expects: 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'more' | 'end' = 'value'
  let at = 0
  const next = () => (open.length === 0 ? 'end' : 'more')
  for (;;) {
    blank.lastIndex = at
    at += blank.exec(text)![0].length
    token.lastIndex = at
    const match = token.exec(text)
    if (!match) return withinToken(text, at)
    const [whole, mark, string] = match
    switch (expects) {
      case 'value':
      case 'first value':
        if (mark === '{' || mark === '[') {
          open.push(mark)
          expects = mark === '{' ? 'first key' : 'first value'
        } else if (mark === ']' && expects === 'first value') {
          open.pop()
          expects = next()
        } else if (mark) return at
        else expects = next()
        break
      case 'key':
      case 'first key':
        if (string) expects = 'colon'
        else if (mark === '}' && expects === 'first key') {
          open.pop()
          expects = next()
        } else return at
        break
      case 'colon':
        if (mark !== ':') return at
        expects = 'value'
        break
      case 'more':
        if (mark === ',') expects = open.at(-1) === '{' ? 'key' : 'value'
        else if (mark === (open.at(-1) === '{' ? '}' : ']')) {
          open.pop()
          expects = next()
        } else return at
        break
      case 'end':
        return at
    }
    at += whole.length
  }
}

/** A string that is never closed, or holds a control character, is at fault where it breaks, not where it begins. */
function withinToken(text: string, start: number): number {
  if (text[start] !== '"') return start
  const good = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
  good.lastIndex = start
  return start + good.exec(text)![0].length
}
