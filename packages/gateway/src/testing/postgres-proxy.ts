/**
 * A TCP proxy between a program and its PostgreSQL. It can imitate a dead network: connections stay open, and no
 * response arrives.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface PostgresProxy {
  /** The URL of the same database through the proxy. */
  url: string
  /**
   * Begins to withhold all responses, also on later connections.
   * @param only the `application_name` of the connections; by default all connections
   */
  withhold: (only?: string) => Withholding
  /** Ends all connections and accepts none until `reopen`. */
  shutDown: () => Promise<void>
  reopen: () => Promise<void>
  close: () => Promise<void>
}

interface Withholding {
  /** Resolves once a response with this text is withheld. */
  untilWithheld: (text: string) => Promise<void>
  /** Passes on the withheld responses in order, and all later ones. */
  end: () => void
}

interface ActiveWithholding extends Withholding {
  only: string | undefined
  onResponse: (answer: string) => void
  waiting: (() => void)[]
}

export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const targetUrl = new URL(target)
  const sockets = new Set<Socket>()
  let activeWithholding: ActiveWithholding | undefined
  const onConnection = (client: Socket) => {
    const server = connect({ host: targetUrl.hostname, port: Number(targetUrl.port) })
    let startupMessage = ''
    client.on('data', (bytes) => {
      startupMessage ||= bytes.toString('latin1')
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (
        !activeWithholding ||
        (activeWithholding.only !== undefined &&
          !startupMessage.includes(`\0application_name\0${activeWithholding.only}\0`))
      )
        return void client.write(bytes)
      activeWithholding.waiting.push(() => client.write(bytes))
      activeWithholding.onResponse(bytes.toString('latin1'))
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
        if (activeWithholding) activeWithholding.waiting.push(() => other.destroy())
        else other.destroy()
      })
    }
  }
  const server = createServer(onConnection)
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const shutDown = async () => {
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
      const withholding: ActiveWithholding = {
        only,
        waiting: [],
        onResponse: (answer) => {
          answers += answer
          for (const check of checks) check()
        },
        untilWithheld: (text) =>
          new Promise((resolve) => {
            const check = () => {
              if (answers.includes(text)) resolve()
            }
            checks.add(check)
            check()
          }),
        end: () => {
          if (activeWithholding === withholding) activeWithholding = undefined
          for (const pass of withholding.waiting) pass()
        },
      }
      activeWithholding = withholding
      return withholding
    },
    shutDown,
    reopen: () => listen(port),
    close: async () => {
      activeWithholding?.end()
      if (server.listening) await shutDown()
    },
  }
}
