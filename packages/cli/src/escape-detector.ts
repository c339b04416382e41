/**
 * Finds `~.` at the beginning of a line among the bytes that a terminal sends. A terminal also sends replies, such as
 * the position of its cursor, which a shell requests after each prompt. Replies are not typed, so `~.` after one is
 * still at the beginning of the line. The sequences are those of ECMA-48 and xterm ("XTerm Control Sequences").
 */

const [bell, lineFeed, carriageReturn, escapeKey] = [7, 10, 13, 27]
const codeOf = (text: string) => text.charCodeAt(0)

/** The last byte of a reply: cursor position, attributes, status, modes, window. `I` and `O` report the focus. */
const finalsOfReplies = new Set([...'RcntyIO'].map(codeOf))
/** The byte after ESC that begins a text up to BEL or ESC \: OSC, DCS, APC, PM, SOS. */
const beginsOfTexts = new Set([...']P_^X'].map(codeOf))

/** @returns a function that returns true for the bytes that complete `~.` at the beginning of a line */
export function createEscapeDetector(): (bytes: Uint8Array) => boolean {
  let line: 'start' | 'tilde' | 'within' = 'start'
  let sequence: 'none' | 'begin' | 'control' | 'text' | 'end of text' = 'none'
  let isPrivate = false

  /** Whether the byte belongs to an escape sequence. */
  function isOfSequence(byte: number): boolean {
    if (sequence === 'none') {
      if (byte === escapeKey) sequence = 'begin'
      return byte === escapeKey
    }
    if (sequence === 'begin') {
      isPrivate = false
      sequence = byte === codeOf('[') ? 'control' : beginsOfTexts.has(byte) ? 'text' : 'none'
      // Otherwise it is the key Esc, or a key with Alt.
      if (sequence === 'none') line = 'within'
      return sequence !== 'none'
    }
    if (sequence === 'control') {
      // Parameters. Those that begin with one of < = > ? are private: keys have none.
      isPrivate ||= byte >= 0x3c && byte <= 0x3f
      if (byte >= 0x20 && byte <= 0x3f) return true
      sequence = 'none'
      const isFinal = byte >= 0x40 && byte <= 0x7e
      if (!isFinal || !(isPrivate || finalsOfReplies.has(byte))) line = 'within'
      return isFinal
    }
    // A reply has no line end: the person has typed Alt and one of these keys.
    if (byte === lineFeed || byte === carriageReturn) {
      sequence = 'none'
      return false
    }
    if (byte === bell || sequence === 'end of text') sequence = 'none'
    else if (byte === escapeKey) sequence = 'end of text'
    return true
  }

  return (bytes) => {
    for (const byte of bytes) {
      if (isOfSequence(byte)) continue
      if (line === 'tilde' && byte === codeOf('.')) return true
      if (byte === lineFeed || byte === carriageReturn) line = 'start'
      else line = line === 'start' && byte === codeOf('~') ? 'tilde' : 'within'
    }
    return false
  }
}
