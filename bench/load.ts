/**
 * Load from wrk (Debian's package `wrk`): as many requests as a number of connections can carry. A generator in Node
 * needs more of the two cores than wrk does, and so favours the slower server.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CannotRun } from './figures.ts'

export interface Request {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

const run = promisify(execFile)

/**
 * Requests a second, all answered with 2xx. Several requests are sent by turns.
 * @param seconds whole seconds
 * @throws Error on any other response: a fast error is no result; CannotRun without wrk
 */
export async function requestsPerSecond(
  url: string,
  requests: Request | readonly Request[],
  { connections = 64, seconds = 3 } = {},
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const script = join(folder, 'requests.lua')
  writeFileSync(script, luaOf([requests].flat()))
  // The bench reads the log of what it measures meanwhile: a log that nobody reads would pile up in its memory.
  const { stdout } = await run('wrk', [
    '--threads',
    '1',
    '--connections',
    String(connections),
    '--duration',
    `${seconds}s`,
    '--script',
    script,
    url,
  ])
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new CannotRun('wrk is missing (Debian: apt-get install wrk)')
      throw error
    })
    .finally(() => rmSync(folder, { recursive: true }))
  const rate = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1])
  const failures = /Non-2xx or 3xx responses: \d+|Socket errors: .+/.exec(stdout)?.[0]
  if (Number.isNaN(rate) || failures) throw new Error(`wrk ${url}: ${failures ?? stdout}`)
  return rate
}

function luaOf(requests: readonly Request[]): string {
  const formatted = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[ ${quoted(name)} ]=${quoted(value)}`)
    return `wrk.format(${quoted(method)}, ${quoted(path)}, {${fields.join(', ')}}, ${body === undefined ? 'nil' : quoted(body)})`
  })
  return `local requests, next = {}, 0
function init() requests = {${formatted.join(',\n')}} end
function request() next = next % #requests + 1; return requests[next] end
`
}

/** A long string of Lua, which has no escapes. A space must separate it from a `[` before it. */
function quoted(text: string): string {
  return `[==[${text}]==]`
}
