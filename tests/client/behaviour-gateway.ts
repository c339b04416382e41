/** A gateway process behind the fault proxy, for the checks of packages/client/src/testing/behaviour.ts. */
import { after } from 'node:test'
import { findFreePort } from '../../packages/gateway/src/testing/free-port.ts'
import { newFolder, startCli } from '../../packages/gateway/src/testing/process.ts'
import { faultProxy } from '../fault-proxy.ts'

const token = 'the-token-of-this-test-0123456789'

/** @param files the files that the proxy serves itself, by path */
export async function startBehaviourGateway(
  files: Record<string, [type: string, content: string | Uint8Array]> = {},
): Promise<{ port: number; token: string }> {
  const { folder, remove } = await newFolder()
  const env = { ECS_API_LISTEN: `127.0.0.1:${await findFreePort()}`, ECS_API_TOKEN: token }
  const serve = async () => {
    const started = startCli(['serve'], { folder, env })
    await started.waitForOutput(/^http:/m)
    return started
  }
  let running = await serve()
  const kill = async () => {
    running.child.kill('SIGKILL')
    await running.exit
  }
  const restart = async () => {
    await kill()
    running = await serve()
  }
  const proxy = await faultProxy(`http://${env.ECS_API_LISTEN}`, files, restart)
  after(async () => {
    proxy.close()
    await kill()
    await remove()
  })
  return { port: proxy.port, token }
}
