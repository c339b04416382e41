/** The task definitions of service revisions: a revision that was rolled back is no longer in its service. */
import type { AccountClient, Service } from '@ecs-api/client'

export class RevisionNames {
  /** By the number at the end of the revision's ARN. */
  readonly #names = new Map<string, string>()

  /** `ecs-svc/N` of a service's deployment has the number of its revision. */
  learn({ deployments }: Service): void {
    for (const { id, taskDefinition } of deployments) this.#names.set(numberOf(id), taskDefinition)
  }

  /** Learns older revisions from the releases; a gateway without them leaves the names unknown. */
  async learnReleases(account: AccountClient, service: Service, signal: AbortSignal): Promise<void> {
    const page = await account.releases.page(service, { limit: 20, signal }).catch(() => undefined)
    for (const { arn, taskDefinition } of page?.items ?? []) {
      if (taskDefinition !== null && !this.#names.has(numberOf(arn))) this.#names.set(numberOf(arn), taskDefinition)
    }
  }

  find({ arn }: { arn: string }): string | undefined {
    return this.#names.get(numberOf(arn))
  }
}

function numberOf(text: string): string {
  return text.split('/').at(-1)!
}
