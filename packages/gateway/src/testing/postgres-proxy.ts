/** A network between a program and its PostgreSQL that can go dead: connections stay, and no answer comes back. */
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

export interface PostgresProxy {
  /** The same database, by this way. */
  url: string
  /**
   * From now on no answer is passed on, on connections made later neither.
   * @param only those of that `application_name`
   */
  silence: (only?: string) => Silence
  /** Ends all connections; none is taken until `reopen`. */
  shut: () => Promise<void>
  reopen: () => Promise<void>
  close: () => Promise<void>
}

interface Silence {
  /** Once an answer with this text is being held back. */
  holds: (text: string) => Promise<void>
  /** Passes on what was held back, in order, and whatever comes. */
  end: () => void
}

interface Held extends Silence {
  only: string | undefined
  heard: (answer: string) => void
  waiting: (() => void)[]
}

export async function postgresProxy(target: string): Promise<PostgresProxy> {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  let held: Held | undefined
  const connected = (client: Socket) => {
    const server = createConnection({ host: to.hostname, port: Number(to.port) })
    let hello = ''
    client.on('data', (bytes) => {
      hello ||= bytes.toString('latin1')
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (!held || (held.only !== undefined && !hello.includes(`\0application_name\0${held.only}\0`)))
        return void client.write(bytes)
      held.waiting.push(() => client.write(bytes))
      held.heard(bytes.toString('latin1'))
    })
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        // On a dead network nobody hears of the other's end.
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
    silence: (only) => {
      let answers = ''
      const looks = new Set<() => void>()
      const mine: Held = {
        only,
        waiting: [],
        heard: (answer) => {
          answers += answer
          for (const look of looks) look()
        },
        holds: (text) => new Promise((resolve) => looks.add(() => answers.includes(text) && resolve())),
        end: () => {
          if (held === mine) held = undefined
          for (const go of mine.waiting) go()
        },
      }
      held = mine
      return mine
    },
    shut,
    reopen: () => listen(port),
    close: async () => {
      held?.end()
      if (server.listening) await shut()
    },
  }
}
