import { NotFound } from '../problems/problem.ts'

/** For `catch`: a cluster that was deleted between the list call and the describe call contains nothing. */
export function emptyIfDeleted(error: unknown): never[] {
  if (error instanceof NotFound && error.code === 'ClusterNotFound') return []
  throw error
}
