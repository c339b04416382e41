/** Load from this process: as many requests as a number of connections can carry. */
import { Pool } from 'undici'

export interface Request {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

/**
 * Requests answered with 2xx a second; of several requests each connection sends its own. Throws on any other answer: a
 * fast error is no result.
 */
export async function requestsPerSecond(
  url: string,
  requests: Request | readonly Request[],
  { connections = 64, seconds = 3 } = {},
): Promise<number> {
  const all = [requests].flat()
  const pool = new Pool(url, { connections, pipelining: 1 })
  const end = performance.now() + seconds * 1000
  let answered = 0
  const one = async (_: unknown, connection: number): Promise<void> => {
    // Each connection asks for its own.
    const request = all[connection % all.length]!
    while (performance.now() < end) {
      const { statusCode, body } = await pool.request(request)
      if (statusCode >= 300) throw new Error(`${request.path}: ${statusCode} ${await body.text()}`)
      await body.dump()
      answered++
    }
  }
  const started = performance.now()
  try {
    await Promise.all(Array.from({ length: connections }, one))
  } finally {
    await pool.destroy()
  }
  return answered / ((performance.now() - started) / 1000)
}
