import { NotFound } from '../problems/problem.ts'

/** For `catch`: a cluster that was deleted between a list and the describe call has nothing left to list. */
export function nothingOfDeletedCluster(error: unknown): never[] {
  if (error instanceof NotFound && error.code === 'ClusterNotFound') return []
  throw error
}
