/** Titles and descriptions for structures whose ECS name does not say what they belong to. */
interface Title {
  title: string
  description: string
}

const titles: Readonly<Record<string, Title>> = {
  AdvancedConfiguration: {
    title: 'Load balancer settings of a blue/green deployment',
    description: 'The second target group and the listener rules between which a deployment shifts traffic.',
  },
  Attachment: {
    title: 'Attachment of a task or of a cluster',
    description: 'The network interface or a volume of a task, or the Service Connect namespace of a cluster.',
  },
  Attribute: {
    title: 'ECS attribute',
    description: 'A property of a task, or a property that a task definition needs from its host.',
  },
  Container: {
    title: 'Container of a task',
    description: 'A container as it runs. `ContainerDefinition` is the container as the task definition describes it.',
  },
  ContainerDefinition: {
    title: 'Container of a task definition',
    description: 'A container as the task definition describes it. `Container` is a running one.',
  },
  Deployment: {
    title: 'Entry of a service’s deployments',
    description:
      'ECS’s older form of a deployment: the PRIMARY one and those that it replaces. ' +
      'The paths under `/deployments` return `ServiceDeployment`.',
  },
  Device: { title: 'Host device of a container', description: 'A device of the host that the container can use.' },
  NetworkInterface: {
    title: 'Network interface of a container',
    description: 'The addresses of the container in the task’s network interface.',
  },
  Rollback: {
    title: 'Rollback of a service deployment',
    description: 'Why and when ECS rolled the deployment back, and to which revision.',
  },
  Scale: { title: 'Scale of a task set', description: 'The share of the service’s tasks that the task set runs.' },
  ServiceDeployment: {
    title: 'Deployment of a service',
    description:
      'One deployment from its start to its end. `Deployment` is ECS’s older form, in `deployments` of a service.',
  },
  TaskSet: {
    title: 'Task set of a service',
    description: 'Tasks of a service whose deployments CodeDeploy or an external controller makes.',
  },
  TimeoutConfiguration: {
    title: 'Timeouts of Service Connect',
    description: 'How long the Service Connect proxy waits for a request, and keeps an idle connection.',
  },
  VolumeFrom: {
    title: 'Volumes taken from another container',
    description: 'The container mounts the volumes of another container of the same task definition.',
  },
}

export function titleOf(structure: string): Partial<Title> {
  return titles[structure] ?? {}
}
