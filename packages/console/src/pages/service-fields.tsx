/** The fields of a new service, without the one of its task definition. */
import type { TaskDefinition } from '@ecs-api/client'
import type { ReactNode } from 'react'
import type { Container } from '../forms/container-values.ts'
import { CheckField, errorAt, TextField } from '../forms/fields.tsx'
import { FoldedFields } from '../forms/folded-fields.tsx'
import { LoadBalancerFields } from '../forms/load-balancer-fields.tsx'
import { nameFault } from '../forms/name-fault.ts'
import { type Network, NetworkFields } from '../forms/network-fields.tsx'
import { numberOrText, ParsedTextField } from '../forms/parsed-field.tsx'
import { FoldedTags } from '../forms/tag-fields.tsx'
import { loadBalancersFault } from '../forms/target-group-fault.ts'
import { TerminalField } from '../forms/terminal-field.tsx'
import { withMemberUnlessEmpty } from '../forms/with-member-unless-empty.ts'

export interface ServiceBody extends Partial<Network> {
  name?: string
  taskDefinition?: string
  count?: number | string
  enableExecuteCommand?: boolean
  tags?: unknown
  loadBalancers?: unknown
  deploymentConfiguration?: { deploymentCircuitBreaker?: { enable: boolean; rollback: boolean } }
}

export const breakerThatRollsBack = { deploymentCircuitBreaker: { enable: true, rollback: true } }

export function ServiceFields({
  account,
  body,
  cluster,
  clusterNames,
  clusterNote,
  familyField,
  definition,
  containers,
  missingRoleHelp,
  requestError,
  onChange,
  onClusterChange,
}: {
  account: string
  body: ServiceBody
  cluster: string
  clusterNames: readonly string[]
  /** Stands below the field of the cluster. */
  clusterNote: ReactNode
  /** Stands below the field of the name. */
  familyField: ReactNode
  /** The task definition of the service; undefined while it is not known. */
  definition: Pick<TaskDefinition, 'name' | 'taskRoleArn'> | undefined
  /** The containers of the task definition, as far as it is known. */
  containers: readonly Container[]
  missingRoleHelp: ReactNode
  requestError: unknown
  onChange: (next: ServiceBody) => void
  onClusterChange: (name: string) => void
}) {
  return (
    <>
      <TextField
        id="name"
        label="Name"
        value={String(body.name ?? '')}
        error={nameFault(String(body.name ?? '')) ?? errorAt(requestError, '/name')}
        onChange={(value) => onChange({ ...body, name: value.trim() })}
      />
      {familyField}
      <TextField
        id="cluster"
        label="Cluster"
        value={cluster}
        error={nameFault(cluster)}
        suggestions={clusterNames}
        onChange={(value) => onClusterChange(value.trim())}
      />
      {clusterNote}
      <ParsedTextField
        id="count"
        type="number"
        label="Desired count"
        value={body.count ?? ''}
        format={String}
        parse={numberOrText}
        error={errorAt(requestError, '/count')}
        onChange={(value) => onChange({ ...body, count: value })}
      />
      <CheckField
        label="Circuit breaker: roll back when a deployment fails"
        help="After some failed tasks, ECS goes back to the previous release."
        checked={body.deploymentConfiguration?.deploymentCircuitBreaker?.rollback ?? false}
        onChange={(checked) => {
          const { deploymentCircuitBreaker, ...others } = body.deploymentConfiguration ?? {}
          onChange(
            withMemberUnlessEmpty(
              body,
              'deploymentConfiguration',
              checked ? { ...others, ...breakerThatRollsBack } : others,
            ),
          )
        }}
      />
      <TerminalField
        account={account}
        definition={definition}
        missingRoleHelp={missingRoleHelp}
        checked={body.enableExecuteCommand ?? false}
        onChange={(checked) => onChange(withMemberUnlessEmpty(body, 'enableExecuteCommand', checked || undefined))}
      />
      <details>
        <summary>Network</summary>
        <div className="stack folded">
          <NetworkFields
            account={account}
            requestError={requestError}
            network={{
              subnets: body.subnets ?? [],
              securityGroups: body.securityGroups ?? [],
              assignPublicIp: body.assignPublicIp ?? false,
            }}
            help="Without subnets, the tasks run in the default subnets of the account, if it has any."
            onChange={(change) =>
              onChange(
                Object.entries(change).reduce(
                  (next, [name, value]) => withMemberUnlessEmpty(next, name, value || undefined),
                  body,
                ),
              )
            }
          />
        </div>
      </details>
      <FoldedFields
        summary="Load balancer"
        hasError={
          errorAt(requestError, '/loadBalancers') !== undefined || loadBalancersFault(body.loadBalancers) !== undefined
        }
      >
        <LoadBalancerFields
          loadBalancers={body.loadBalancers}
          containers={containers}
          help="A target group that sends requests to the tasks."
          requestError={requestError}
          onChange={(next) => onChange(withMemberUnlessEmpty(body, 'loadBalancers', next))}
        />
      </FoldedFields>
      <FoldedTags id="service-tags" summary="Tags" body={body} requestError={requestError} onChange={onChange} />
    </>
  )
}
