/**
 * The task definition of each service revision, also of a rolled-back one, which the service itself no longer names.
 */
import type { AccountClient, Service } from '@ecs-api/client'

export class RevisionDefinitions {
  /** Task definitions by the number at the end of the revision's ARN. */
  readonly #definitions = new Map<string, string>()

  /** Adds the revisions of the service's deployments. The id `ecs-svc/N` of a deployment has its revision's number. */
  addService({ deployments }: Service): void {
    for (const { id, taskDefinition } of deployments) this.#definitions.set(numberOf(id), taskDefinition)
  }

  /** Adds older revisions from the releases. Errors are ignored, because a gateway may lack releases. */
  async addReleases(account: AccountClient, service: Service, signal: AbortSignal): Promise<void> {
    const page = await account.releases.page(service, { limit: 20, signal }).catch(() => undefined)
    for (const { arn, taskDefinition } of page?.items ?? []) {
      if (taskDefinition !== null && !this.#definitions.has(numberOf(arn)))
        this.#definitions.set(numberOf(arn), taskDefinition)
    }
  }

  /** @returns the task definition, such as `web:8`; undefined for an unknown revision */
  find({ arn }: { arn: string }): string | undefined {
    return this.#definitions.get(numberOf(arn))
  }
}

function numberOf(text: string): string {
  return text.split('/').at(-1)!
}
