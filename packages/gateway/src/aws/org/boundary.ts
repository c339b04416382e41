/**
 * The boundary around an account's ECS client (the configuration key `org`): a middleware with one rule for each
 * action. Calls through the client see and change only resources with the boundary's tag, and resources that they
 * create get the tag. This holds for every route, because the boundary is part of the client. An action without a rule
 * is rejected, so a forgotten action cannot pass the boundary.
 */
import type { InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import type { BoundaryTag } from '../boundary-tag.ts'
import type { BatchedDescribesDeps } from '../reads/describe.ts'
import { changeRules } from './change-rules.ts'
import { createRules } from './create-rules.ts'
import { Ownership } from './ownership.ts'
import { readRules } from './read-rules.ts'
import type { TaggedIndex } from './tagged-index.ts'

/** Handles one action: may change the input, send the call with `send`, and change the output. */
type Rule = (input: object, send: (input: object) => Promise<object>) => Promise<object>

/**
 * Returns the rules of a boundary, by action.
 * @param unbounded the dependencies for reads of the same account without the boundary
 */
export function createBoundaryRules(
  boundaryTag: BoundaryTag,
  unbounded: BatchedDescribesDeps,
  taggedIndex: TaggedIndex,
): ReadonlyMap<string, Rule> {
  const ownership = new Ownership(boundaryTag, unbounded, taggedIndex)
  const rules: object = {
    ...createRules(boundaryTag, ownership),
    ...readRules(ownership),
    ...changeRules(boundaryTag, ownership),
  }
  return new Map(Object.entries(rules))
}

/** Adds the boundary outside of the call pipeline: a call that a rule rejects is not counted as a call to AWS. */
export function addBoundary<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  rules: ReadonlyMap<string, Rule>,
): void {
  const applyRule: InitializeMiddleware<In, Out> = (next, context) => async (args) => {
    const action = (context as { commandName?: string }).commandName?.replace(/Command$/, '') ?? ''
    const rule = rules.get(action)
    if (!rule) throw new Error(`the boundary has no rule for ${action}`)
    let result: Awaited<ReturnType<typeof next>> | undefined
    const output = await rule(args.input, async (input) => {
      result = await next({ ...args, input: input as In })
      return result.output
    })
    return { response: undefined, ...result, output: output as Out }
  }
  stack.addRelativeTo(applyRule, { relation: 'before', toMiddleware: 'ecsApiCall', name: 'ecsApiBoundary' })
}
