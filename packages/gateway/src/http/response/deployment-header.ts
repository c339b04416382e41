/** The header with the id of the ECS service deployment that a request made. */
export const deploymentHeader = 'Ecs-Api-Deployment'

/** The value of the header when the request made no deployment. */
export const noDeployment = 'none'
