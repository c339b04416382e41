/**
 * The boundary around an account's ECS client: whoever calls through it sees and changes only what is the organisation's, and makes nothing
 * that isn't, whatever verb it is that calls. An action that stands in no row is refused: nothing passes by having been forgotten.
 */
import type { InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import type { OrgTag } from '../org-tag.ts'
import type { DescribesDeps } from '../reads/describe.ts'
import { changeRules } from './change-rules.ts'
import { createRules } from './create-rules.ts'
import { Ownership } from './ownership.ts'
import { readRules } from './read-rules.ts'
import type { TaggedIndex } from './tagged-index.ts'

type Rule = (input: object, send: (input: object) => Promise<object>) => Promise<object>

/** @param whole the same account without a boundary */
export function boundary(org: OrgTag, whole: DescribesDeps, index: TaggedIndex): ReadonlyMap<string, Rule> {
  const ownership = new Ownership(org, whole, index)
  const rules: object = { ...createRules(org, ownership), ...readRules(ownership), ...changeRules(org, ownership) }
  return new Map(Object.entries(rules))
}

/** Before the corridor: what is refused here is no call. */
export function keepWithin<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  rules: ReadonlyMap<string, Rule>,
): void {
  const within: InitializeMiddleware<In, Out> = (next, context) => async (args) => {
    const action = (context as { commandName?: string }).commandName?.replace(/Command$/, '') ?? ''
    const rule = rules.get(action)
    if (!rule) throw new Error(`the boundary of the organisation has no rule for ${action}`)
    let result: Awaited<ReturnType<typeof next>> | undefined
    const output = await rule(args.input, async (input) => {
      result = await next({ ...args, input: input as In })
      return result.output
    })
    return { response: undefined, ...result, output: output as Out }
  }
  stack.addRelativeTo(within, { relation: 'before', toMiddleware: 'ecsApiCall', name: 'ecsApiBoundary' })
}
