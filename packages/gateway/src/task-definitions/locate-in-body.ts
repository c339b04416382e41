import { NotFound, toProblemOfBody } from '../problems/problem.ts'
import type { Body } from '../shapes/body.ts'

/**
 * Adds to AWS's rejection of a call the pointer to the part of the body that caused it. A missing task definition that
 * the body names is an error of the body (400), because 404 is for resources that the path names.
 */
export function withPointerToBody(rejection: unknown, body: Body): unknown {
  if (rejection instanceof NotFound && rejection.code === 'TaskDefinitionNotFound')
    return toProblemOfBody(rejection, body.pointerTo(['taskDefinition']))
  return body.withPointerToField(rejection)
}
