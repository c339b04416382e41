/**
 * The rejection of a call that a plan would make, in place of AWS's rejection. It has the broken rule itself: some
 * rules need state that a body lacks, such as the containers of the task definition, so the body alone cannot show it.
 */
import type { Fault } from '@ecs-api/ecs-model'
import { Problem } from '../problems/problem.ts'

export class PlannedRejection extends Error {
  readonly fault: Fault
  /** As the errors of the AWS SDK have it. */
  readonly $metadata = { httpStatusCode: 400 }

  constructor(fault: Fault) {
    super(fault.message)
    this.name = fault.code
    this.fault = fault
  }
}

/** The broken rule of a planned call; undefined for any other error. */
export function plannedFaultOf(problem: unknown): Fault | undefined {
  return problem instanceof Problem && problem.cause instanceof PlannedRejection ? problem.cause.fault : undefined
}
