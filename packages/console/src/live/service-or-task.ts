/** The service or the task that a log or a metric is of. */
export interface ServiceOrTask {
  kind: 'service' | 'task'
  cluster: string
  /** The service's name or the task's id. */
  name: string
}
