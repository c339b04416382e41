/** The API shapes of a difference and of the plan of a change. */

import { unavailableSchema } from '../http/unavailable-parts.ts'
import { Type } from '../typebox/type.ts'
import { effectKinds, warningKinds } from './plan.ts'

const anyValue = (description: string) => Type.Unknown({ description })

const changeSchema = Type.Object(
  {
    path: Type.String({ description: 'A JSON Pointer.', examples: ['/containers/web/image'] }),
    from: anyValue('The value before; null when it is absent.'),
    to: anyValue('The value after; null when it is absent.'),
  },
  { $id: 'Change' },
)

export const releaseDiffSchema = Type.Object(
  {
    from: Type.Integer({ description: 'The release of the path.' }),
    to: Type.Integer({ description: 'The other release.' }),
    changes: Type.Array(changeSchema),
    unavailable: Type.Optional(unavailableSchema),
  },
  { $id: 'ReleaseDiff' },
)

const plannedCallSchema = Type.Object(
  {
    action: Type.String({ examples: ['UpdateService'] }),
    input: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
  },
  { $id: 'PlannedCall' },
)

const planMembers = {
  changes: Type.Array(changeSchema, { description: 'From the present state to the state after the change.' }),
  calls: Type.Array(plannedCallSchema, {
    description: 'The calls to AWS, in their order. Values that may be secret are hidden.',
  }),
  effects: Type.Array(Type.String(), { description: 'The reaction of ECS, in sentences.' }),
  effectKinds: Type.Array(Type.Enum(effectKinds), {
    description:
      'The kind of each sentence in `effects`, in their order: `reaction` of ECS to a call; `containers`, how they ' +
      'will run on this machine; `comparison`, with which revision the fields are compared; `unchanged`, nothing ' +
      'changes. In the plan of a rollback also `release`, the content that is restored; `registration`, why a task ' +
      'definition is registered for it; `kept`, the settings that no release has.',
  }),
  warnings: Type.Array(Type.String(), { description: 'Facts to check before the change.' }),
  warningKinds: Type.Array(Type.Enum(warningKinds), {
    description:
      'The kind of each sentence in `warnings`, in their order: `circuit-breaker`, it is off; `simulation`, a fact ' +
      'about simulated containers; `other`.',
  }),
}
const configVersion = Type.String({ description: 'The version that was planned for: for `If-Match`.' })

/** The response to `?dryRun=true`. */
export const planSchema = Type.Object(
  {
    ...planMembers,
    configVersion: Type.Optional(configVersion),
  },
  {
    $id: 'Plan',
    description: 'The plan of a change, which was not made. `web:(new)` is a revision that the change would register.',
  },
)

export const rollbackPlanSchema = Type.Object(
  {
    release: Type.Integer({ description: 'The release that would be restored.' }),
    imagesPinned: Type.Boolean({ description: 'The tasks would run the images of the release, by their digests.' }),
    ...planMembers,
    configVersion,
  },
  { $id: 'RollbackPlan' },
)

/** Spread it into the route's `query`. */
export const dryRunQuery = {
  dryRun: Type.Boolean({ default: false, description: 'Returns the plan of the change, and changes nothing.' }),
}
