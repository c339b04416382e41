/**
 * The log stream of a container's awslogs driver: `prefix/container/task` (ECS Developer Guide, "Send Amazon ECS logs
 * to CloudWatch").
 */
export function awslogsStreamName(prefix: string | undefined, container: string, taskId: string): string {
  return prefix ? `${prefix}/${container}/${taskId}` : taskId
}
