/**
 * Collects the body of an HTTP response. It replaces the SDK's own `streamCollector`, which pipes the body into a
 * stream that survives garbage collections of the young generation. Every response would then stay in memory until a
 * collection of the whole heap, which is rare.
 */
export async function collectBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
