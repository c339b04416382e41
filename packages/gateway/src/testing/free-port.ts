import { createServer } from 'node:net'

/** A free port of 127.0.0.1, for a program that cannot take port 0 or is started again at the same address. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
