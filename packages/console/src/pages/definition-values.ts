/** A task definition in a form, and the names that the form proposes. */
import type { Account } from '@ecs-api/client'
import { awslogsConfiguration, type Container, containersOf, withLogGroupOfFamily } from '../forms/container-values.ts'

export interface Definition {
  family?: string
  cpu?: unknown
  memory?: unknown
  runtimePlatform?: unknown
  tags?: unknown
  executionRoleArn?: string
  taskRoleArn?: string
  containerDefinitions?: Container[]
  [member: string]: unknown
}

export interface AccountFacts {
  name: string
  region: string
  /** The 12-digit number of a local account; undefined for an account on AWS. */
  localAccountNumber: string | undefined
}

export const accountFactsOf = ({ name, region, mode, number }: Account): AccountFacts => ({
  name,
  region,
  localAccountNumber: mode === 'local' ? number : undefined,
})

export const roleArn = (accountNumber: string, name: string) => `arn:aws:iam::${accountNumber}:role/${name}`

/** The definition that a form starts with: one container that writes a log, in the smallest task. */
export function newDefinition({ region, localAccountNumber }: AccountFacts, container: Container): Definition {
  return {
    family: '',
    cpu: 256,
    memory: 512,
    ...(localAccountNumber !== undefined && { executionRoleArn: roleArn(localAccountNumber, 'ecsTaskExecutionRole') }),
    containerDefinitions: [{ ...container, image: '', logConfiguration: awslogsConfiguration('', region) }],
  }
}

/** A copy with another family. Log groups that were named for the old family are named for the new one. */
export function withFamily(definition: Definition, family: string): Definition {
  const containers = containersOf(definition)
  return {
    ...definition,
    family,
    containerDefinitions: containers.map((each) => withLogGroupOfFamily(each, definition.family ?? '', family)),
  }
}

/** The name of an image without registry, path, tag and digest, in the characters that ECS allows in names. */
function nameInImage(image: string): string {
  const [reference = ''] = image.split('@')
  const [name = ''] = (reference.split('/').at(-1) ?? '').split(':')
  return name.replaceAll(/[^\w-]+/g, '-').slice(0, 255)
}

/** The name proposed for a new image; the current name when the person has typed one of their own. */
export function proposedName(currentName: string, oldImage: string, newImage: string): string {
  return currentName === '' || currentName === nameInImage(oldImage) ? nameInImage(newImage) : currentName
}

/**
 * The definition of a service that begins with an image: as on the command line, its container has the service's name.
 */
export function withNames(definition: Definition, names: { family: string; container: string }): Definition {
  const [container = {}, ...others] = containersOf(definition)
  return withFamily(
    { ...definition, containerDefinitions: [{ ...container, name: names.container }, ...others] },
    names.family,
  )
}
