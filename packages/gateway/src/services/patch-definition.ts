/**
 * `containers`, `cpu` and `memory` in the PATCH of a service: changes to single fields of its task definition. The
 * result is the input of a new revision, which keeps all other fields.
 */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import {
  type Fault,
  faultsOf,
  getStructure,
  LimitedSuggestions,
  type Path,
  type ReadingFault,
  readInput,
} from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { faultText, withPointerToFault } from '../shapes/body.ts'
import { bodyForm } from '../shapes/body-form.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { asJson, isSameJson } from '../shapes/same.ts'
import { executionRoleMember } from '../task-definitions/fargate.ts'
import { getTaskDefinition, type TaskDefinitionWithTags } from '../task-definitions/get.ts'
import { registrationInputOf } from '../task-definitions/registration-of.ts'
import { type GivenMember, isOtherTaskSize, readTaskSize, type SizePatch } from './task-size.ts'

export interface PatchedDefinition {
  /** The definition that the patch was applied to. */
  base: TaskDefinitionWithTags
  /** The input of RegisterTaskDefinition; undefined when the patch changes nothing. */
  input: RegisterTaskDefinitionRequest | undefined
  /** Errors in the patch. */
  faults: ReadingFault[]
  /** Adds to AWS's rejection of `input` the pointer to the part of the body that caused it. */
  withPointerToField: (rejection: unknown) => unknown
}

const container = getStructure('ContainerDefinition')

/** Members of the body that change the task definition, as the client sent them, each with its JSON Pointer. */
export interface DefinitionPatch extends SizePatch {
  /** A map: container name → changes, or `null` to remove the container. */
  containers?: GivenMember
}

/**
 * Applies the patch to a task definition.
 * @param baseRef family, `family:revision` or ARN
 * @throws NotFound `TaskDefinitionNotFound`
 */
export async function patchDefinition(
  account: Account,
  baseRef: string,
  patch: DefinitionPatch,
): Promise<PatchedDefinition> {
  const base = await getTaskDefinition(account, baseRef)
  const { value: containers, pointer } = patch.containers ?? { value: {}, pointer: '' }
  if (typeof containers !== 'object' || containers === null || Array.isArray(containers))
    return {
      base,
      input: undefined,
      faults: [{ pointer, message: 'a map is expected: container name → the fields to change' }],
      withPointerToField: (rejection) => rejection,
    }

  const { patched, pointers, faults } = mergeContainers(base, containers, pointer)
  const size = readTaskSize(patch)
  faults.push(...size.faults)
  const merged: RegisterTaskDefinitionRequest = {
    ...registrationInputOf(base),
    ...size.value,
    containerDefinitions: [...patched.values()],
  }
  const input = { ...merged, ...executionRoleMember(account, merged) }
  const names = [...patched.keys()]
  const pointerOf = ({ path: [first, index, ...inside] }: Fault) => {
    const name = first === 'containerDefinitions' && typeof index === 'number' ? names[index] : undefined
    return (name !== undefined && pointers.get(name)?.(inside)) || (size.pointerTo(String(first)) ?? pointer)
  }
  const brokenRules = () => faultsOf('RegisterTaskDefinition', asJson(input) as Record<string, unknown>)
  if (faults.length === 0) faults.push(...namesGivenTwice(base, input, pointer, pointers))
  if (faults.length === 0)
    for (const fault of brokenRules()) {
      const faultPointer = pointerOf(fault)
      // A rule that AWS was not observed to apply is left to AWS.
      if (fault.verified) faults.push({ pointer: faultPointer, message: faultText(fault, faultPointer) })
    }
  const isChanged = !isSameJson(input.containerDefinitions, base.containerDefinitions) || isOtherTaskSize(input, base)
  return {
    base,
    input: isChanged ? input : undefined,
    faults,
    withPointerToField: (rejection) => withPointerToFault(rejection, brokenRules(), pointerOf),
  }
}

/** Container name → the JSON Pointer of a field of its patch. */
type Pointers = ReadonlyMap<string, (path: Path) => string>

interface MergedContainers {
  /** By name, in the order of the definition; new containers last. */
  patched: ReadonlyMap<string, ContainerDefinition>
  pointers: Pointers
  faults: ReadingFault[]
}

function mergeContainers(
  base: TaskDefinitionWithTags,
  containers: object,
  containersPointer: string,
): MergedContainers {
  const faults: ReadingFault[] = []
  const patched = new Map(
    (base.containerDefinitions ?? []).map((container): [string, ContainerDefinition] => [
      container.name ?? '',
      container,
    ]),
  )
  const pointers = new Map<string, (path: Path) => string>()
  const suggestions = new LimitedSuggestions()
  for (const [name, patch] of Object.entries(containers)) {
    const containerPointer = `${containersPointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (patch === null) {
      if (!patched.delete(name))
        faults.push({
          pointer: containerPointer,
          message: `the task definition ${base.family}:${base.revision} has no container ${name}`,
        })
      continue
    }
    const reading = readInput(container, patch, bodyForm, { nulls: 'remove', at: containerPointer, suggestions })
    faults.push(...reading.faults)
    if (reading.value.name !== undefined && reading.value.name !== name)
      faults.push({
        pointer: `${containerPointer}/name`,
        message: `the name of a container cannot be changed: it is ${name}`,
      })
    pointers.set(name, reading.pointerTo)
    patched.set(name, {
      ...mergePatch(container, { ...patched.get(name) }, reading.value),
      name,
    } as ContainerDefinition)
  }
  return { patched, pointers, faults }
}

/**
 * Errors for names that are both an environment variable and a secret after the patch. A merge patch keeps the variable
 * or secret that the definition already has, so the client must set it to null.
 */
function namesGivenTwice(
  base: TaskDefinitionWithTags,
  input: RegisterTaskDefinitionRequest,
  containersPointer: string,
  pointers: Pointers,
): ReadingFault[] {
  return (input.containerDefinitions ?? []).flatMap((after) => {
    const before = base.containerDefinitions?.find(({ name }) => name === after.name)
    const variables = new Set(after.environment?.map(({ name }) => name))
    return (after.secrets ?? []).flatMap(({ name = '' }): ReadingFault[] => {
      if (!variables.has(name)) return []
      const wasVariable = before?.environment?.some((variable) => variable.name === name)
      const [addedField, oldField] = wasVariable ? ['secrets', 'environment'] : ['environment', 'secrets']
      return [
        {
          pointer: pointers.get(after.name ?? '')?.([addedField, name]) ?? containersPointer,
          message:
            'The secret name must be unique and not shared with any new or existing environment variables set on ' +
            `the container, such as '${name}'. Set ${oldField}.${name} to null.`,
        },
      ]
    })
  })
}
