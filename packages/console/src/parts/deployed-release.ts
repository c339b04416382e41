import type { Release, ServiceDeployment } from '@ecs-api/client'

/** The release that a deployment deploys; undefined when it is not among these. */
export const deployedRelease = (
  { targetServiceRevision }: ServiceDeployment,
  releases: readonly Release[],
): Release | undefined => releases.find(({ arn }) => arn === targetServiceRevision.arn)
