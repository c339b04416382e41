/** The body of a rollback: which release to restore. */
import { familyAndRevision, LimitedSuggestions } from '@ecs-api/ecs-model'
import { throwIfAnyFault } from '../shapes/body.ts'
import { Type } from '../typebox/type.ts'

export const rollbackSchema = Type.Object(
  {
    release: Type.Optional(Type.Integer({ minimum: 1, description: 'The number of the release to restore.' })),
    taskDefinition: Type.Optional(
      Type.String({
        description: 'Restores the newest release with this task definition: `web:6`, or its ARN.',
      }),
    ),
  },
  { $id: 'RollbackRequest', additionalProperties: false, examples: [{ release: 12 }, { taskDefinition: 'web:6' }] },
)

export type RollbackTarget = { release: number } | { taskDefinition: string } | 'newest stable'

const fields = ['release', 'taskDefinition'] as const

/** @throws BadRequest `InvalidBody` with all errors at once */
export function readRollback(body: unknown): RollbackTarget {
  if (body === undefined) return 'newest stable'
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throwIfAnyFault([{ pointer: '', message: 'an object is expected' }])
    return 'newest stable'
  }
  const { release, taskDefinition, ...others } = withoutNulls(body)
  const faults = Object.keys(others).map((name) => {
    const suggestion = new LimitedSuggestions().nearest(name, fields)
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return { pointer, message: `unknown field ${name}${suggestion ? `; did you mean ${suggestion}?` : ''}` }
  })
  if (release !== undefined && !(Number.isSafeInteger(release) && Number(release) >= 1))
    faults.push({ pointer: '/release', message: 'must be a whole number from 1 on' })
  if (taskDefinition !== undefined && !isRevision(taskDefinition))
    faults.push({ pointer: '/taskDefinition', message: 'must name a revision, such as web:6' })
  if (release !== undefined && taskDefinition !== undefined)
    faults.push({ pointer: '/taskDefinition', message: 'is given beside release; give one of them' })
  throwIfAnyFault(faults)
  if (release !== undefined) return { release: Number(release) }
  return taskDefinition === undefined ? 'newest stable' : { taskDefinition: String(taskDefinition) }
}

function isRevision(value: unknown): boolean {
  return typeof value === 'string' && /^\d+$/.test(familyAndRevision(value).revision ?? '')
}

function withoutNulls(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}
