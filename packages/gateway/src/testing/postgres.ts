/**
 * A PostgreSQL server from Debian's package, for one test file. The file creates, starts and removes the server, which
 * does not run as root.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findFreePort } from './free-port.ts'

const [binaries] = globSync('/usr/lib/postgresql/*/bin').sort().reverse()

/** The reason for a test's `skip`, or false when PostgreSQL is installed. */
export const skipWithoutPostgres = binaries ? false : 'PostgreSQL is not installed'

export interface Postgres {
  /** Creates a new, empty database and returns its URL. */
  newUrl: () => string
  stop: () => Promise<void>
}

/**
 * The settings of a store in this database. Programs that share the store need the same `key`, the secret for hashes
 * and encryption.
 */
export function storeOn(url: string): { url: string; key: string } {
  return { url, key: 'the secret of the shared store' }
}

export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-postgres-'))
  const user = process.getuid?.() === 0 ? giveToPostgresUser(folder) : {}
  const options = { ...user, cwd: folder, env: { LANG: 'C.UTF-8' } }
  const data = join(folder, 'data')
  execFileSync(join(binaries!, 'initdb'), ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'ignore',
  })
  const port = await findFreePort()
  const args = [
    '-D',
    data,
    '-k',
    folder,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=200',
  ]
  const server = spawn(join(binaries!, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => server.kill('SIGKILL')
  process.on('exit', kill)
  const ended = once(server, 'exit')
  for await (const line of createInterface({ input: server.stderr }))
    if (line.includes('ready to accept connections')) break
  if (server.exitCode !== null) throw new Error('PostgreSQL ended at its start')
  server.stderr.resume()
  // A test that fails before it can stop the server must still end. The server is killed when the process exits.
  server.unref()
  if ('unref' in server.stderr && typeof server.stderr.unref === 'function') server.stderr.unref()
  let count = 0
  return {
    newUrl: () => {
      const name = `test_${++count}`
      execFileSync(join(binaries!, 'createdb'), ['-h', folder, '-p', String(port), '-U', 'test', name], options)
      return `postgres://test@127.0.0.1:${port}/${name}`
    },
    stop: async () => {
      process.off('exit', kill)
      server.ref()
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

/** Gives the folder to the user that Debian's package creates. */
function giveToPostgresUser(folder: string): { uid: number; gid: number } {
  const [uid, gid] = ['-u', '-g'].map((option) =>
    Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' })),
  ) as [number, number]
  chownSync(folder, uid, gid)
  return { uid, gid }
}
