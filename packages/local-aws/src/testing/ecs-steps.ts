import { setTimeout as delay } from 'node:timers/promises'
import {
  type ContainerDefinition,
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs'

export const awsvpcNetwork = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
/** Long enough for a busy machine; the awaited state usually comes much sooner. */
const TIMEOUT_MS = 60_000

/** Common steps of tests with tasks and services, through ECS's own API, in the cluster `default`. */
export async function ecsSteps(ecs: ECSClient) {
  await ecs.send(new CreateClusterCommand({}))

  async function registerDefinition(family: string, ...containers: Partial<ContainerDefinition>[]): Promise<string> {
    return registerDefinitionWith({}, family, ...containers)
  }

  /** Registers a definition with further members, such as volumes or another size. */
  async function registerDefinitionWith(
    members: Partial<RegisterTaskDefinitionCommandInput>,
    family: string,
    ...containers: Partial<ContainerDefinition>[]
  ): Promise<string> {
    const containerDefinitions = (containers.length > 0 ? containers : [{}]).map((container, i) => ({
      name: i === 0 ? 'app' : `app${i}`,
      image: `${family}:1`,
      ...container,
    }))
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions,
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        ...members,
      }),
    )
    return `${taskDefinition?.family}:${taskDefinition?.revision}`
  }

  async function createService(input: Partial<CreateServiceCommandInput> = {}): Promise<Service> {
    const { service } = await ecs.send(
      new CreateServiceCommand({
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: awsvpcNetwork,
        ...input,
      }),
    )
    return service!
  }

  async function describeService(name = 'web'): Promise<Service> {
    const { services } = await ecs.send(new DescribeServicesCommand({ services: [name], include: ['TAGS'] }))
    return services![0]!
  }

  async function tasksOfService(
    serviceName = 'web',
    desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING',
  ): Promise<Task[]> {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName, desiredStatus }))
    return taskArns.length === 0 ? [] : describeTasks(...taskArns)
  }

  async function describeTasks(...arns: (string | undefined)[]): Promise<Task[]> {
    const { tasks = [] } = await ecs.send(
      new DescribeTasksCommand({ tasks: arns.map((arn) => arn!), include: ['TAGS'] }),
    )
    return tasks
  }

  /** Calls `read` until its result matches. The error at the timeout contains the last result. */
  async function pollUntil<T>(read: () => Promise<T>, isExpected: (seen: T) => boolean): Promise<T> {
    const deadline = Date.now() + TIMEOUT_MS
    for (;;) {
      const seen = await read()
      if (isExpected(seen)) return seen
      if (Date.now() > deadline) throw new Error(`timed out; last value: ${JSON.stringify(seen, undefined, 1)}`)
      // Polling without a pause would take the processor from the awaited work.
      await delay(5)
    }
  }

  const isStable = (seen: Service) =>
    seen.deployments?.length === 1 &&
    seen.runningCount === seen.desiredCount &&
    seen.pendingCount === 0 &&
    seen.deployments[0]?.rolloutState === 'COMPLETED' &&
    seen.events?.[0]?.message === `(service ${seen.serviceName}) has reached a steady state.`

  /** @returns the ARN of a task of this definition */
  async function runTask(taskDefinition: string, input: Partial<RunTaskCommandInput> = {}): Promise<string> {
    const { tasks } = await ecs.send(
      new RunTaskCommand({ taskDefinition, launchType: 'FARGATE', networkConfiguration: awsvpcNetwork, ...input }),
    )
    return tasks![0]!.taskArn!
  }

  return {
    registerDefinition,
    registerDefinitionWith,
    runTask,
    createService,
    describeService,
    tasksOfService,
    describeTasks,
    pollUntil,
    waitUntilStable: (name = 'web') => pollUntil(() => describeService(name), isStable),
    waitForTask: (arn: string | undefined, isExpected: (task: Task) => boolean) =>
      pollUntil(
        async () => (await describeTasks(arn))[0]!,
        (task) => task !== undefined && isExpected(task),
      ),
  }
}

export const eventMessagesOf = (service: Service) => (service.events ?? []).map(({ message }) => message)
/** ECS describes containers in the order of their ARNs, not of the definition. */
export const containerNamed = ({ containers = [] }: Task, name: string) =>
  containers.find((container) => container.name === name)
export const taskIdOf = (task: Task | undefined) => task?.taskArn?.split('/').at(-1)
