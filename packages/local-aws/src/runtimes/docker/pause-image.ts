/** The image of the pause container. It has one program, which is part of this engine; the image is never pulled. */
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Docker, ifFound } from './docker-api.ts'
import { type Machine, pauseProgram } from './pause-program.ts'
import { createTar } from './tar.ts'

/** The number in the tag must increase when the program changes. */
export const pauseImage = 'localhost/ecs-api/pause:1'
export const pauseCommand = '/pause'

/** Imports the image into the runtime, unless the runtime has it already. */
export async function ensurePauseImage(docker: Docker): Promise<void> {
  if (await ifFound(docker.getImage(pauseImage).inspect())) return
  const machine = machineOf((await docker.version()).Arch)
  const archive = createTar([{ path: 'pause', content: pauseProgram(machine), mode: 0o755 }])
  // The tag is part of `repo`, because Podman ignores `tag`.
  const response = await docker.importImage(Readable.from([archive]), { repo: pauseImage })
  const output = await text(response)
  if (!(await ifFound(docker.getImage(pauseImage).inspect())))
    throw new Error(`the runtime did not import the pause image: ${output.trim()}`)
}

function machineOf(architecture: string): Machine {
  if (architecture === 'amd64' || architecture === 'x86_64') return 'x64'
  if (architecture === 'arm64' || architecture === 'aarch64') return 'arm64'
  throw new Error(`there is no pause program for machines of the kind ${architecture}`)
}
