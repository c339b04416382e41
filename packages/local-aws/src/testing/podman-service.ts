/**
 * A second Podman service for one test, on a socket of its own. It has the same containers as the machine's service.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { dockerAt } from '../runtimes/docker/docker-api.ts'
import { getContainerRuntime, noContainers } from './containers.ts'

const podman = '/usr/bin/podman'
/** For a test's `skip`: the reason why it cannot have a Podman service, or false. */
export const noPodman =
  noContainers ||
  (existsSync(podman) && getContainerRuntime().name === 'podman' && getContainerRuntime().isRootfulOnThisMachine
    ? false
    : 'Podman is not installed, or not running as root')

/**
 * Starts a service that accepts registries of this machine without TLS, as Docker does. The caller calls `end` after it
 * has closed everything that uses the service.
 */
export async function startPodmanService() {
  const folder = mkdtempSync(join(tmpdir(), 'podman-'))
  const socket = join(folder, 'podman.sock')
  const registries = join(folder, 'registries.conf')
  writeFileSync(registries, '[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n')
  let child: ChildProcess | undefined
  async function stop() {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  async function start() {
    const env = { ...process.env, CONTAINERS_REGISTRIES_CONF: registries }
    child = spawn(podman, ['system', 'service', '--time=0', `unix://${socket}`], { stdio: 'ignore', env, cwd: folder })
    for (;;) {
      try {
        return void (await dockerAt(socket).ping())
      } catch {
        if (child.exitCode !== null) throw new Error(`podman system service ended with exit code ${child.exitCode}`)
        await delay(50)
      }
    }
  }
  await start()
  async function end() {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { socket, start, stop, end }
}
