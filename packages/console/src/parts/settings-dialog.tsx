/**
 * Changes the settings of a service. The form and the document are one JSON Merge Patch, which holds only what differs
 * from the service.
 */
import type { Service } from '@ecs-api/client'
import { type Request, servicePath } from '../actions.ts'
import { useDraft } from '../live/draft.ts'
import { useTaskDefinition } from '../live/queries.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { quoted } from './copy.tsx'
import { DocumentField, useDocument } from './document-field.tsx'
import { CheckField, SelectField } from './fields.tsx'
import { isSameJson, LinkedField, numberIn } from './linked-field.tsx'
import { NetworkFields } from './network-fields.tsx'
import { Restored } from './restored.tsx'
import { TerminalField } from './terminal-field.tsx'

interface Breaker {
  enable: boolean
  rollback: boolean
}

interface Patch {
  enableExecuteCommand?: boolean
  deploymentConfiguration?: {
    deploymentCircuitBreaker?: Breaker
    minimumHealthyPercent?: number | string
    maximumPercent?: number | string
  }
  healthCheckGracePeriodSeconds?: number | string
  platformVersion?: string
  subnets?: string[]
  securityGroups?: string[]
  assignPublicIp?: boolean
  forceNewDeployment?: boolean
}

export function SettingsDialog({
  account,
  service,
  onClose,
}: {
  account: string
  service: Service
  onClose: () => void
}) {
  const draft = useDraft(`${account}.settings.${service.cluster}/${service.name}`, { text: '{}' })
  const { text } = draft.value
  const setText = (next: string) => draft.set({ text: next })
  const document = useDocument<Patch>(text)
  const definition = useTaskDefinition(account, service.taskDefinition ?? '').data
  const patch = document.value ?? {}
  const present = settingsOf(service)
  /** A value that the service has already needs no place in the patch. */
  const set = <K extends keyof Patch>(name: K, value: Patch[K] | undefined, now?: unknown) => {
    const { [name]: _, ...others } = patch
    const isChange = value !== undefined && !isSameJson(value, now)
    setText(document.textWith(isChange ? { ...others, [name]: value } : others))
  }
  const deployment = patch.deploymentConfiguration ?? {}
  const setDeployment = <K extends keyof typeof deployment>(name: K, value: (typeof deployment)[K], now: unknown) => {
    const { [name]: _, ...others } = deployment
    const next = isSameJson(value, now) ? others : { ...others, [name]: value }
    set('deploymentConfiguration', Object.keys(next).length > 0 ? next : undefined)
  }
  const breaker = deployment.deploymentCircuitBreaker ?? present.breaker
  const setBreaker = (next: Breaker) => setDeployment('deploymentCircuitBreaker', next, present.breaker)
  /** Running tasks have no terminal before they are replaced. */
  const setTerminal = (isAllowed: boolean) => {
    const { enableExecuteCommand: _, forceNewDeployment: __, ...others } = patch
    const isChange = isAllowed !== present.hasTerminal
    const replaces = isChange && isAllowed && service.desiredCount > 0
    const change = {
      ...(isChange && { enableExecuteCommand: isAllowed }),
      ...(replaces && { forceNewDeployment: true }),
    }
    setText(document.textWith({ ...others, ...change }))
  }
  const isEmpty = Object.keys(patch).length === 0
  const request: Request | undefined =
    document.value && !isEmpty
      ? { method: 'PATCH', path: servicePath(account, service.cluster, service.name), body: patch }
      : undefined
  const ref = quoted(`${account}/${service.cluster}/${service.name}`)
  const isDisabled = document.value === undefined
  return (
    <ChangeDialog
      title={`Settings of ${service.cluster}/${service.name}`}
      account={account}
      request={request}
      missing={document.value ? 'Nothing has changed yet.' : 'Correct the document first.'}
      cli={`echo ${quoted(JSON.stringify(patch))} | ecs-api services update ${ref} -f -`}
      verb="Change"
      doneSentence={`Requested: new settings of ${service.cluster}/${service.name}.`}
      isWide
      onClose={() => {
        draft.discard()
        onClose()
      }}
      fields={
        <>
          <Restored draft={draft} />
          <fieldset className="plain stack" disabled={isDisabled}>
            <legend>Deployments</legend>
            <CheckField
              label="End a deployment whose tasks fail"
              help="The deployment circuit breaker. Without it ECS starts failing tasks again and again."
              checked={breaker.enable}
              onChange={(enable) => setBreaker({ enable, rollback: enable && (breaker.rollback || !breaker.enable) })}
            />
            <CheckField
              label="Roll back then"
              checked={breaker.rollback}
              disabled={!breaker.enable}
              onChange={(rollback) => setBreaker({ ...breaker, rollback })}
            />
            <div className="pair-of-fields">
              <LinkedField
                id="minimum"
                type="number"
                label="Minimum healthy percent"
                value={deployment.minimumHealthyPercent ?? present.minimumHealthyPercent}
                format={String}
                parse={orPresent(present.minimumHealthyPercent)}
                onChange={(value) => setDeployment('minimumHealthyPercent', value, present.minimumHealthyPercent)}
              />
              <LinkedField
                id="maximum"
                type="number"
                label="Maximum percent"
                value={deployment.maximumPercent ?? present.maximumPercent}
                format={String}
                parse={orPresent(present.maximumPercent)}
                onChange={(value) => setDeployment('maximumPercent', value, present.maximumPercent)}
              />
            </div>
            <LinkedField
              id="grace"
              type="number"
              label="Health check grace period, seconds"
              help="A new task may be unhealthy for this time."
              value={patch.healthCheckGracePeriodSeconds ?? present.grace}
              format={String}
              parse={orPresent(present.grace)}
              onChange={(value) => set('healthCheckGracePeriodSeconds', value, present.grace)}
            />
          </fieldset>
          <fieldset className="plain stack" disabled={isDisabled}>
            <legend>Tasks</legend>
            <TerminalField
              account={account}
              definition={definition}
              checked={patch.enableExecuteCommand ?? present.hasTerminal}
              onChange={setTerminal}
            />
            <SelectField
              id="platform"
              label="Platform version of Fargate"
              value={patch.platformVersion ?? present.platformVersion}
              options={[...new Set(['LATEST', '1.4.0', '1.3.0', present.platformVersion])].map((each) => [each, each])}
              onChange={(value) => set('platformVersion', value, present.platformVersion)}
            />
            <CheckField
              label="Replace the tasks now"
              help="A new deployment, also where the settings need none. Tasks that run keep their old settings otherwise."
              checked={patch.forceNewDeployment ?? false}
              onChange={(checked) => set('forceNewDeployment', checked, false)}
            />
          </fieldset>
          <fieldset className="plain stack" disabled={isDisabled}>
            <legend>Network</legend>
            <NetworkFields
              network={{
                subnets: patch.subnets ?? present.subnets,
                securityGroups: patch.securityGroups ?? present.securityGroups,
                assignPublicIp: patch.assignPublicIp ?? present.assignPublicIp,
              }}
              onChange={(name, value) => set(name, value, present[name])}
            />
          </fieldset>
          <details>
            <summary>Edit as document</summary>
            <DocumentField
              label="Document (JSON Merge Patch)"
              help="Every field of UpdateService, tags, and containers by name. null removes a field."
              document={document}
              onChange={setText}
            />
          </details>
        </>
      }
    />
  )
}

const orPresent = (present: number) => (text: string) => (text.trim() === '' ? present : numberIn(text))

function settingsOf(service: Service) {
  const { deploymentConfiguration: deployment, networkConfiguration } = service
  const { subnets = [], securityGroups = [], assignPublicIp } = networkConfiguration?.awsvpcConfiguration ?? {}
  const { enable = false, rollback = false } = deployment?.deploymentCircuitBreaker ?? {}
  return {
    breaker: { enable, rollback },
    minimumHealthyPercent: deployment?.minimumHealthyPercent ?? 100,
    maximumPercent: deployment?.maximumPercent ?? 200,
    grace: service.healthCheckGracePeriodSeconds ?? 0,
    hasTerminal: service.enableExecuteCommand ?? false,
    platformVersion: service.platformVersion ?? 'LATEST',
    subnets: [...subnets],
    securityGroups: [...securityGroups],
    assignPublicIp: assignPublicIp === 'ENABLED',
  }
}
