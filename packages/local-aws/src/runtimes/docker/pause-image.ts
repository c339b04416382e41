/** The image of the container that holds a task's namespaces: one file of ours, handed to the runtime, never pulled. */
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Docker, orNothing } from './docker-api.ts'
import { type Machine, pauseProgram } from './pause-program.ts'
import { tar } from './tar.ts'

/** Goes up with the program. */
export const pauseImage = 'localhost/ecs-api/pause:1'
export const pauseCommand = '/pause'

/** Gives the runtime the image where it has none yet. */
export async function ensurePauseImage(docker: Docker): Promise<void> {
  if (await orNothing(docker.getImage(pauseImage).inspect())) return
  const machine = machineOf((await docker.version()).Arch)
  const archive = tar([{ path: 'pause', content: pauseProgram(machine), mode: 0o755 }])
  // With the tag in the name: Podman does not look at `tag`.
  const answer = await docker.importImage(Readable.from([archive]), { repo: pauseImage })
  const said = await text(answer)
  if (!(await orNothing(docker.getImage(pauseImage).inspect())))
    throw new Error(`the runtime did not take the pause image: ${said.trim()}`)
}

function machineOf(architecture: string): Machine {
  if (architecture === 'amd64' || architecture === 'x86_64') return 'x64'
  if (architecture === 'arm64' || architecture === 'aarch64') return 'arm64'
  throw new Error(`there is no pause program for machines of the kind ${architecture}`)
}
