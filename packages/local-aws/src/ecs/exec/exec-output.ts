/**
 * Splits a terminal's output into the payloads of the messages that AWS's agent would send (aws/amazon-ssm-agent,
 * agent/session/plugins/standardstream).
 */

/**
 * Bytes that the agent reads at a time. A payload can be up to 3 bytes longer, because it begins with the incomplete
 * character at the end of the read before it.
 */
const READ_BYTES = 1024

/** No UTF-8 character is split: an incomplete one waits for the next payload. Invalid bytes are passed on unchanged. */
export async function* splitOutput(output: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let incompleteCharacter: Uint8Array = Buffer.alloc(0)
  for await (const chunk of output)
    for (let start = 0; start < chunk.byteLength; start += READ_BYTES) {
      const bytes = Buffer.concat([incompleteCharacter, chunk.subarray(start, start + READ_BYTES)])
      const end = bytes.byteLength - incompleteBytes(bytes)
      incompleteCharacter = bytes.subarray(end)
      if (end > 0) yield bytes.subarray(0, end)
    }
  if (incompleteCharacter.byteLength > 0) yield incompleteCharacter
}

/** The number of bytes at the end that begin an incomplete UTF-8 character. */
function incompleteBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back]!
    if ((byte & 0b1100_0000) === 0b1000_0000) continue
    const length = byte >= 0b1111_0000 && byte < 0b1111_1000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1
    return byte < 0b1111_1000 && length > back ? back : 0
  }
  return 0
}
