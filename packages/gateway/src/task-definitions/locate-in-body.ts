import { NotFound, namedByBody } from '../problems/problem.ts'
import type { Body } from '../shapes/body.ts'

/**
 * A rejection by AWS, with the pointer in the body that it is about. A missing task definition that the body names is
 * an error of the body (400), because 404 is for resources that the path names.
 */
export function locateInBody(rejection: unknown, body: Body): unknown {
  if (rejection instanceof NotFound && rejection.code === 'TaskDefinitionNotFound')
    return namedByBody(rejection, body.pointerTo(['taskDefinition']))
  return body.located(rejection)
}
