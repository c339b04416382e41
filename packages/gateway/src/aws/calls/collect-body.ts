/**
 * Collects the body of a response over HTTP, as the SDK's `streamCollector`. The SDK's own pipes the body into a stream
 * that survives collections of the young generation. Every response then stays in memory until a collection of the
 * whole heap, which is rare.
 */
export async function collectBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
