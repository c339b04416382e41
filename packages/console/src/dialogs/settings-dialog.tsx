/**
 * The dialog that changes the settings of a service. Form and document edit the same JSON Merge Patch, which contains
 * only the changed settings.
 */
import type { Service } from '@ecs-api/client'
import { type ApiRequest, servicePath } from '../actions.ts'
import { breakerText } from '../facts/words.ts'
import { DocumentField } from '../forms/document-field.tsx'
import { useDocument } from '../forms/document-text.ts'
import { CheckField, errorAt, SelectField } from '../forms/fields.tsx'
import { containersOfDefinition, LoadBalancerFields } from '../forms/load-balancer-fields.tsx'
import { type Network, NetworkFields } from '../forms/network-fields.tsx'
import { isSameJson, ParsedTextField } from '../forms/parsed-field.tsx'
import { RestoredDraftNote } from '../forms/restored-draft-note.tsx'
import {
  type CircuitBreaker,
  numberOrDefault,
  patchWith,
  type ServicePatch,
  settingsOf,
} from '../forms/settings-values.ts'
import { TagFields } from '../forms/tag-fields.tsx'
import { patchedTags, tagsFault, tagsPatch } from '../forms/tag-values.ts'
import { loadBalancersFault } from '../forms/target-group-fault.ts'
import { TerminalField } from '../forms/terminal-field.tsx'
import { withMemberUnlessEmpty } from '../forms/with-member-unless-empty.ts'
import { useDraft } from '../live/draft.ts'
import { useTaskDefinition } from '../live/queries.ts'
import { commandWithBody, shellWord } from '../parts/shell-command.ts'
import { CircuitBreakerPlace } from '../plans/plan.tsx'
import { ChangeDialog } from './change-dialog.tsx'

const breakerChoices: readonly CircuitBreaker[] = [
  { enable: false, rollback: false },
  { enable: true, rollback: false },
  { enable: true, rollback: true },
]

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
  const document = useDocument<ServicePatch>(text)
  const definition = useTaskDefinition(account, service.taskDefinition ?? '').data
  const patch = document.formValue ?? {}
  const currentSettings = settingsOf(service)
  const setMember = <K extends keyof ServicePatch>(
    name: K,
    value: ServicePatch[K] | undefined,
    currentValue?: unknown,
  ) => setText(document.textWith(patchWith(patch, name, value, currentValue)))
  const deployment = patch.deploymentConfiguration ?? {}
  const setDeployment = <K extends keyof typeof deployment>(
    name: K,
    value: (typeof deployment)[K],
    currentValue: unknown,
  ) => {
    const { [name]: _, ...others } = deployment
    const next = isSameJson(value, currentValue) ? others : { ...others, [name]: value }
    setMember('deploymentConfiguration', Object.keys(next).length > 0 ? next : undefined)
  }
  const breaker = deployment.deploymentCircuitBreaker ?? currentSettings.breaker
  const setBreaker = (next: CircuitBreaker) => setDeployment('deploymentCircuitBreaker', next, currentSettings.breaker)
  /** Only new tasks get terminals, so allowing them also replaces the running tasks. */
  const setTerminalsAllowed = (isAllowed: boolean) => {
    const { enableExecuteCommand: _, forceNewDeployment: __, ...others } = patch
    const isChange = isAllowed !== currentSettings.allowsTerminals
    const replaces = isChange && isAllowed && service.desiredCount > 0
    const change = {
      ...(isChange && { enableExecuteCommand: isAllowed }),
      ...(replaces && { forceNewDeployment: true }),
    }
    setText(document.textWith({ ...others, ...change }))
  }
  const controller = service.deploymentController?.type ?? 'ECS'
  const tags = patchedTags(currentSettings.tags, patch.tags)
  const isEmpty = Object.keys(patch).length === 0
  const incompleteReason = !document.value
    ? 'Correct the document first.'
    : isEmpty
      ? 'Nothing has changed yet.'
      : (loadBalancersFault(patch.loadBalancers) ?? tagsFault(tags))
  const request: ApiRequest | undefined =
    incompleteReason === undefined
      ? { method: 'PATCH', path: servicePath(account, service.cluster, service.name), body: patch }
      : undefined
  const serviceReference = shellWord(`${account}/${service.cluster}/${service.name}`)
  const isDisabled = document.value === undefined
  return (
    <CircuitBreakerPlace.Provider value="in this form">
      <ChangeDialog
        title={`Settings of ${service.cluster}/${service.name}`}
        account={account}
        request={request}
        incompleteReason={incompleteReason}
        cli={commandWithBody(`services update ${serviceReference}`, patch)}
        buttonLabel="Change the settings"
        doneSentence={`The settings of ${service.cluster}/${service.name} were changed.`}
        isPlanBeside
        onClose={() => {
          draft.discard()
          onClose()
        }}
        fields={(requestError) => (
          <>
            <RestoredDraftNote draft={draft} />
            <fieldset className="plain stack" disabled={isDisabled}>
              <legend>Deployments</legend>
              <SelectField
                id="breaker"
                label="Circuit breaker"
                help="It ends a deployment whose tasks fail. While it is off, ECS replaces failing tasks without end."
                value={breakerText(breaker)}
                options={breakerChoices.map((choice) => [breakerText(choice), breakerText(choice)])}
                onChange={(text) => setBreaker(breakerChoices.find((choice) => breakerText(choice) === text)!)}
              />
              <div className="pair-of-fields">
                <ParsedTextField
                  id="minimum"
                  type="number"
                  label="Minimum healthy percent"
                  error={errorAt(requestError, '/deploymentConfiguration/minimumHealthyPercent')}
                  value={deployment.minimumHealthyPercent ?? currentSettings.minimumHealthyPercent}
                  format={String}
                  parse={numberOrDefault(currentSettings.minimumHealthyPercent)}
                  onChange={(value) =>
                    setDeployment('minimumHealthyPercent', value, currentSettings.minimumHealthyPercent)
                  }
                />
                <ParsedTextField
                  id="maximum"
                  type="number"
                  label="Maximum percent"
                  error={errorAt(requestError, '/deploymentConfiguration/maximumPercent')}
                  value={deployment.maximumPercent ?? currentSettings.maximumPercent}
                  format={String}
                  parse={numberOrDefault(currentSettings.maximumPercent)}
                  onChange={(value) => setDeployment('maximumPercent', value, currentSettings.maximumPercent)}
                />
              </div>
              <ParsedTextField
                id="grace"
                type="number"
                label="Health check grace period, seconds"
                help="How long a new task may be unhealthy."
                error={errorAt(requestError, '/healthCheckGracePeriodSeconds')}
                value={patch.healthCheckGracePeriodSeconds ?? currentSettings.gracePeriodSeconds}
                format={String}
                parse={numberOrDefault(currentSettings.gracePeriodSeconds)}
                onChange={(value) =>
                  setMember('healthCheckGracePeriodSeconds', value, currentSettings.gracePeriodSeconds)
                }
              />
            </fieldset>
            <fieldset className="plain stack" disabled={isDisabled}>
              <legend>Tasks</legend>
              <TerminalField
                account={account}
                definition={definition}
                checked={patch.enableExecuteCommand ?? currentSettings.allowsTerminals}
                onChange={setTerminalsAllowed}
              />
              <SelectField
                id="platform"
                label="Platform version of Fargate"
                error={errorAt(requestError, '/platformVersion')}
                value={patch.platformVersion ?? currentSettings.platformVersion}
                options={[...new Set(['LATEST', '1.4.0', '1.3.0', currentSettings.platformVersion])].map((each) => [
                  each,
                  each,
                ])}
                onChange={(value) => setMember('platformVersion', value, currentSettings.platformVersion)}
              />
              <CheckField
                label="Replace the tasks now"
                help="Starts a new deployment even if the changed settings need none. Otherwise running tasks keep their old settings."
                checked={patch.forceNewDeployment ?? false}
                onChange={(checked) => setMember('forceNewDeployment', checked, false)}
              />
            </fieldset>
            <fieldset className="plain stack" disabled={isDisabled}>
              <legend>Network</legend>
              <NetworkFields
                network={{
                  subnets: patch.subnets ?? currentSettings.subnets,
                  securityGroups: patch.securityGroups ?? currentSettings.securityGroups,
                  assignPublicIp: patch.assignPublicIp ?? currentSettings.assignPublicIp,
                }}
                account={account}
                requestError={requestError}
                currentService={`${service.cluster}/${service.name}`}
                onChange={(change) =>
                  setText(
                    document.textWith(
                      (Object.keys(change) as (keyof Network)[]).reduce(
                        (next, name) => patchWith(next, name, change[name], currentSettings[name]),
                        patch,
                      ),
                    ),
                  )
                }
              />
            </fieldset>
            <fieldset className="plain stack" disabled={isDisabled || controller !== 'ECS'}>
              <legend>Load balancers</legend>
              <LoadBalancerFields
                loadBalancers={patch.loadBalancers === undefined ? currentSettings.loadBalancers : patch.loadBalancers}
                containers={containersOfDefinition(definition)}
                {...(controller !== 'ECS' && {
                  help: `The deployment controller ${controller} sets them: ECS cannot.`,
                })}
                requestError={requestError}
                onChange={(next) => setMember('loadBalancers', next, currentSettings.loadBalancers)}
              />
            </fieldset>
            <fieldset className="plain stack" disabled={isDisabled}>
              <legend>Tags</legend>
              <TagFields
                id="tags"
                tags={tags}
                help="Tasks that run already keep theirs."
                error={errorAt(requestError, '/tags')}
                onChange={(next) =>
                  setText(
                    document.textWith(withMemberUnlessEmpty(patch, 'tags', tagsPatch(currentSettings.tags, next))),
                  )
                }
              />
            </fieldset>
            <details>
              <summary>Edit as document</summary>
              <DocumentField
                label="Document (JSON Merge Patch)"
                help="Every field of UpdateService, tags, and containers by name. null removes a field."
                document={document}
                requestError={requestError}
                onChange={setText}
              />
            </details>
          </>
        )}
      />
    </CircuitBreakerPlace.Provider>
  )
}
