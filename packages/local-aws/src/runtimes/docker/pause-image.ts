/** The image of the pause container: one program of ours, which is imported and never pulled. */
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Docker, ifFound } from './docker-api.ts'
import { type Machine, pauseProgram } from './pause-program.ts'
import { tar } from './tar.ts'

/** The tag's number increases when the program changes. */
export const pauseImage = 'localhost/ecs-api/pause:1'
export const pauseCommand = '/pause'

/** Imports the image into the runtime if it does not have it. */
export async function ensurePauseImage(docker: Docker): Promise<void> {
  if (await ifFound(docker.getImage(pauseImage).inspect())) return
  const machine = machineOf((await docker.version()).Arch)
  const archive = tar([{ path: 'pause', content: pauseProgram(machine), mode: 0o755 }])
  // The tag is in the name, because Podman ignores `tag`.
  const response = await docker.importImage(Readable.from([archive]), { repo: pauseImage })
  const output = await text(response)
  if (!(await ifFound(docker.getImage(pauseImage).inspect())))
    throw new Error(`the runtime did not take the pause image: ${output.trim()}`)
}

function machineOf(architecture: string): Machine {
  if (architecture === 'amd64' || architecture === 'x86_64') return 'x64'
  if (architecture === 'arm64' || architecture === 'aarch64') return 'arm64'
  throw new Error(`there is no pause program for machines of the kind ${architecture}`)
}
