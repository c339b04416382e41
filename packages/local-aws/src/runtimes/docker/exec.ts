/** A command in a running container, without a terminal. */
import { readFileSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Docker } from './docker-api.ts'

/**
 * Runs it without a terminal, its output thrown away. When the signal aborts the command is killed, where the container runs on this machine's kernel.
 * @returns its exit code
 */
export async function runIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  kernelHere: boolean,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted()
  const exec = await docker
    .getContainer(containerId)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, AttachStdin: false })
  const stream = await exec.start({})
  const aborted = () => stream.destroy()
  signal.addEventListener('abort', aborted, { once: true })
  try {
    // It may have aborted while the command was started.
    if (signal.aborted) aborted()
    stream.resume()
    await finished(stream, { writable: false })
    const { ExitCode } = await exec.inspect()
    return ExitCode ?? 1
  } catch (error) {
    if (signal.aborted && kernelHere) kill((await exec.inspect()).Pid, containerId)
    throw error
  } finally {
    signal.removeEventListener('abort', aborted)
  }
}

/** Ends the process, if that number still is one of the container's. */
function kill(pid: number, containerId: string): void {
  try {
    if (pid > 1 && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
