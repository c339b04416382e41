/** The API shapes of a difference and of the plan of a change. */

import { unavailableSchema } from '../http/unavailable-parts.ts'
import { Type } from '../typebox/type.ts'

const any = (description: string) => Type.Unknown({ description })

const changeSchema = Type.Object(
  {
    path: Type.String({ description: 'A JSON Pointer.', examples: ['/containers/web/image'] }),
    from: any('The value before; null when it is absent.'),
    to: any('The value after; null when it is absent.'),
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

export const planSchema = Type.Object(
  {
    release: Type.Integer({ description: 'The release that would be restored.' }),
    imagesPinned: Type.Boolean({ description: 'The tasks would run the images of the release, by their digests.' }),
    changes: Type.Array(changeSchema, { description: 'From what runs now to what would run.' }),
    calls: Type.Array(plannedCallSchema, {
      description: 'The calls to AWS, in their order. Values that may be secret are hidden.',
    }),
    effects: Type.Array(Type.String(), { description: 'What the change does.' }),
    warnings: Type.Array(Type.String(), { description: 'What it cannot restore, and what to check before.' }),
    configVersion: Type.String({ description: 'The version of the service that was planned for: for `If-Match`.' }),
  },
  { $id: 'RollbackPlan' },
)
