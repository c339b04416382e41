/**
 * Load from wrk (Debian's package `wrk`): each connection sends its next request after each response. A load generator
 * in Node would use more processor time than wrk, which slows a fast server more than a slow one.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CannotRun } from './figures.ts'

export interface LoadRequest {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

const run = promisify(execFile)

/**
 * Returns the requests per second, which all have a 2xx response. Several requests are sent in turn.
 * @param seconds whole seconds
 * @throws Error on any other response: a fast error is no result; CannotRun without wrk
 */
export async function requestsPerSecond(
  url: string,
  requests: LoadRequest | readonly LoadRequest[],
  { connections = 64, seconds = 3 } = {},
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const script = join(folder, 'requests.lua')
  writeFileSync(script, wrkScript([requests].flat()))
  // Asynchronous, so that this process goes on reading the output of the measured program: it would fill the memory.
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

function wrkScript(requests: readonly LoadRequest[]): string {
  const formatted = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[ ${luaString(name)} ]=${luaString(value)}`)
    return `wrk.format(${luaString(method)}, ${luaString(path)}, {${fields.join(', ')}}, ${body === undefined ? 'nil' : luaString(body)})`
  })
  return `local requests, next = {}, 0
function init() requests = {${formatted.join(',\n')}} end
function request() next = next % #requests + 1; return requests[next] end
`
}

/** A text as a long string of Lua, which needs no escapes. After a `[` the caller has to write a space. */
function luaString(text: string): string {
  return `[==[${text}]==]`
}
