/**
 * Collects the body of an HTTP response. It replaces the SDK's own `streamCollector`, which pipes the body into a
 * stream. V8 frees such a stream only when it collects the whole heap, which is rare, so every response would stay in
 * memory until then.
 */
export async function collectBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
