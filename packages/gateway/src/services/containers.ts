/** `containers` of a service's PATCH: a new revision of its task definition, field by field, nothing else lost. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { type Fault, faultsOf, type Path, type ReadingFault, read, Suggestions, structure } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { located, sentence } from '../shapes/body.ts'
import { form } from '../shapes/form.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { asJson, isSame } from '../shapes/same.ts'
import { executionRole } from '../task-definitions/fargate.ts'
import { getTaskDefinition, type TaggedDefinition } from '../task-definitions/get.ts'
import { registrable } from '../task-definitions/registrable.ts'

export interface PatchedDefinition {
  /** The definition that the patch is on. */
  base: TaggedDefinition
  /** What to register, or undefined when the patch changes nothing. */
  input: RegisterTaskDefinitionRequest | undefined
  faults: ReadingFault[]
  /** AWS's rejection of the input, with the pointer in the patch of what it is about. */
  located: (rejection: unknown) => unknown
}

const container = structure('ContainerDefinition')

/** @param given by name: what differs; `null` takes the container out. `pointer` is where it stands in the body. */
export async function patchContainers(
  account: Account,
  baseRef: string,
  { value: containers, pointer: at }: { value: unknown; pointer: string },
): Promise<PatchedDefinition> {
  const base = await getTaskDefinition(account, baseRef)
  if (typeof containers !== 'object' || containers === null || Array.isArray(containers))
    return {
      base,
      input: undefined,
      faults: [{ pointer: at, message: 'a map is expected: container name → what differs' }],
      located: (rejection) => rejection,
    }

  const faults: ReadingFault[] = []
  const patched = new Map(
    (base.containerDefinitions ?? []).map((one): [string, ContainerDefinition] => [one.name ?? '', one]),
  )
  const pointers = new Map<string, (path: Path) => string>()
  const suggestions = new Suggestions()
  for (const [name, patch] of Object.entries(containers)) {
    const here = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (patch === null) {
      if (!patched.delete(name))
        faults.push({ pointer: here, message: `there is no container ${name} in ${base.family}:${base.revision}` })
      continue
    }
    const reading = read(container, patch, form, { nulls: 'remove', at: here, suggestions })
    faults.push(...reading.faults)
    if (reading.value.name !== undefined && reading.value.name !== name)
      faults.push({ pointer: `${here}/name`, message: `the container is ${name}` })
    pointers.set(name, reading.pointerTo)
    patched.set(name, {
      ...mergePatch(container, { ...patched.get(name) }, reading.value),
      name,
    } as ContainerDefinition)
  }

  const patchedInput: RegisterTaskDefinitionRequest = {
    ...registrable(base),
    containerDefinitions: [...patched.values()],
  }
  const input = { ...patchedInput, ...executionRole(account, patchedInput) }
  const names = [...patched.keys()]
  const placeOf = ({ path: [first, index, ...inside] }: Fault) => {
    const name = first === 'containerDefinitions' && typeof index === 'number' ? names[index] : undefined
    return (name !== undefined && pointers.get(name)?.(inside)) || at
  }
  const found = () => faultsOf('RegisterTaskDefinition', asJson(input) as Record<string, unknown>)
  if (faults.length === 0) faults.push(...twoMeanings(base, input, at, pointers))
  if (faults.length === 0)
    for (const fault of found()) {
      const pointer = placeOf(fault)
      if (fault.verified) faults.push({ pointer, message: sentence(fault, pointer) })
    }
  const changed = !isSame(input.containerDefinitions, base.containerDefinitions)
  return {
    base,
    input: changed ? input : undefined,
    faults,
    located: (rejection) => located(rejection, found(), placeOf),
  }
}

/** Names that the patch makes a variable or a secret while they are the other already: a merge keeps that, so it has to be removed by name. */
function twoMeanings(
  base: TaggedDefinition,
  input: RegisterTaskDefinitionRequest,
  at: string,
  pointers: ReadonlyMap<string, (path: Path) => string>,
): ReadingFault[] {
  return (input.containerDefinitions ?? []).flatMap((after) => {
    const before = base.containerDefinitions?.find(({ name }) => name === after.name)
    const variables = new Set(after.environment?.map(({ name }) => name))
    return (after.secrets ?? []).flatMap(({ name = '' }): ReadingFault[] => {
      if (!variables.has(name)) return []
      const wasVariable = before?.environment?.some((variable) => variable.name === name)
      const [given, other] = wasVariable ? ['secrets', 'environment'] : ['environment', 'secrets']
      return [
        {
          pointer: pointers.get(after.name ?? '')?.([given, name]) ?? at,
          message: `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'. Set ${other}.${name} to null.`,
        },
      ]
    })
  })
}
