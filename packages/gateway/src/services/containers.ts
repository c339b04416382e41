/** `containers` of a service's PATCH: a new revision of its task definition, field by field, nothing else lost. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { faultsOf, type Path, type ReadingFault, read, Suggestions, structure } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { form } from '../shapes/form.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { asJson, isSame } from '../shapes/same.ts'
import { executionRole } from '../task-definitions/fargate.ts'
import { lookAtTaskDefinition, type TaggedDefinition } from '../task-definitions/look.ts'
import { registrable } from '../task-definitions/registrable.ts'

export interface PatchedDefinition {
  /** The definition that the patch is on. */
  base: TaggedDefinition
  /** What to register, or undefined when the patch changes nothing. */
  input: RegisterTaskDefinitionRequest | undefined
  faults: ReadingFault[]
}

const container = structure('ContainerDefinition')

/** @param given by name: what differs; `null` takes the container out. `pointer` is where it stands in the body. */
export async function patchContainers(
  account: Account,
  baseRef: string,
  { value: containers, pointer: at }: { value: unknown; pointer: string },
): Promise<PatchedDefinition> {
  const base = await lookAtTaskDefinition(account, baseRef)
  if (typeof containers !== 'object' || containers === null || Array.isArray(containers))
    return { base, input: undefined, faults: [{ pointer: at, message: 'a map is expected: container name → what differs' }] }

  const faults: ReadingFault[] = []
  const patched = new Map((base.containerDefinitions ?? []).map((one): [string, ContainerDefinition] => [one.name ?? '', one]))
  const pointers = new Map<string, (path: Path) => string>()
  const suggestions = new Suggestions()
  for (const [name, patch] of Object.entries(containers)) {
    const here = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (patch === null) {
      if (!patched.delete(name)) faults.push({ pointer: here, message: `there is no container ${name} in ${base.family}:${base.revision}` })
      continue
    }
    const reading = read(container, patch, form, { nulls: 'remove', at: here, suggestions })
    faults.push(...reading.faults)
    if (reading.value.name !== undefined && reading.value.name !== name) faults.push({ pointer: `${here}/name`, message: `the container is ${name}` })
    pointers.set(name, reading.pointerTo)
    patched.set(name, { ...mergePatch(container, { ...patched.get(name) }, reading.value), name } as ContainerDefinition)
  }

  const patchedInput: RegisterTaskDefinitionRequest = { ...registrable(base), containerDefinitions: [...patched.values()] }
  const input = { ...patchedInput, ...executionRole(account, patchedInput) }
  if (faults.length === 0) faults.push(...ruleFaults(input, at, [...patched.keys()], pointers))
  const changed = !isSame(input.containerDefinitions, base.containerDefinitions)
  return { base, input: changed ? input : undefined, faults }
}

function ruleFaults(
  input: RegisterTaskDefinitionRequest,
  at: string,
  names: readonly string[],
  pointers: ReadonlyMap<string, (path: Path) => string>,
): ReadingFault[] {
  return faultsOf('RegisterTaskDefinition', asJson(input) as Record<string, unknown>)
    .filter((fault) => fault.verified)
    .map(({ path: [first, index, ...inside], message }) => {
      const name = first === 'containerDefinitions' && typeof index === 'number' ? names[index] : undefined
      return { pointer: (name !== undefined && pointers.get(name)?.(inside)) || at, message }
    })
}
