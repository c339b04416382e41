/**
 * A TCP proxy between a program and its PostgreSQL that can imitate a dead network: connections stay, and no response
 * arrives.
 */
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

export interface PostgresProxy {
  /** The URL of the same database through the proxy. */
  url: string
  /**
   * Withholds all responses from now on, also on later connections.
   * @param only limits it to connections of that `application_name`
   */
  withhold: (only?: string) => Withholding
  /** Ends all connections and accepts none until `reopen`. */
  shut: () => Promise<void>
  reopen: () => Promise<void>
  close: () => Promise<void>
}

interface Withholding {
  /** Resolves once a response with this text is withheld. */
  holds: (text: string) => Promise<void>
  /** Passes on the withheld responses in order, and all later ones. */
  end: () => void
}

interface Held extends Withholding {
  only: string | undefined
  onResponse: (answer: string) => void
  waiting: (() => void)[]
}

export async function postgresProxy(target: string): Promise<PostgresProxy> {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  let held: Held | undefined
  const connected = (client: Socket) => {
    const server = createConnection({ host: to.hostname, port: Number(to.port) })
    let startupMessage = ''
    client.on('data', (bytes) => {
      startupMessage ||= bytes.toString('latin1')
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (!held || (held.only !== undefined && !startupMessage.includes(`\0application_name\0${held.only}\0`)))
        return void client.write(bytes)
      held.waiting.push(() => client.write(bytes))
      held.onResponse(bytes.toString('latin1'))
    })
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        // On a dead network neither side learns that the other has closed.
        if (held) held.waiting.push(() => other.destroy())
        else other.destroy()
      })
    }
  }
  const server = createServer(connected)
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const shut = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  const url = new URL(target)
  url.port = String(port)
  return {
    url: url.href,
    withhold: (only) => {
      let answers = ''
      const checks = new Set<() => void>()
      const own: Held = {
        only,
        waiting: [],
        onResponse: (answer) => {
          answers += answer
          for (const check of checks) check()
        },
        holds: (text) => new Promise((resolve) => checks.add(() => answers.includes(text) && resolve())),
        end: () => {
          if (held === own) held = undefined
          for (const pass of own.waiting) pass()
        },
      }
      held = own
      return own
    },
    shut,
    reopen: () => listen(port),
    close: async () => {
      held?.end()
      if (server.listening) await shut()
    },
  }
}
