/** Account settings. A principal's own setting overrides the account's default, which overrides ECS's default. */
import type {
  DeleteAccountSettingRequest,
  DeleteAccountSettingResponse,
  ListAccountSettingsRequest,
  ListAccountSettingsResponse,
  PutAccountSettingDefaultRequest,
  PutAccountSettingDefaultResponse,
  PutAccountSettingRequest,
  PutAccountSettingResponse,
  Setting,
} from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageOf } from '../../protocol/pages.ts'
import type { EcsState, SettingRecord } from '../records/state.ts'
import type { ActionContext, Actions } from './action.ts'

export const accountSettingActions = {
  ListAccountSettings: listAccountSettings,
  PutAccountSetting: putAccountSetting,
  PutAccountSettingDefault: putAccountSettingDefault,
  DeleteAccountSetting: deleteAccountSetting,
} satisfies Actions

/** The value of each setting in a new account, and its valid values (API Reference, PutAccountSetting). */
const settings: Record<string, { initial: string; values: readonly string[] }> = {
  awsvpcTrunking: { initial: 'disabled', values: ['enabled', 'disabled'] },
  containerInsights: { initial: 'disabled', values: ['enabled', 'disabled', 'enhanced'] },
  containerInstanceLongArnFormat: { initial: 'enabled', values: ['enabled', 'disabled'] },
  defaultLogDriverMode: { initial: 'non-blocking', values: ['blocking', 'non-blocking'] },
  // `enabled` in a new account: read from public responses of ListAccountSettings, not from the API Reference.
  dualStackIPv6: { initial: 'enabled', values: ['enabled', 'disabled'] },
  fargateEventWindows: { initial: 'disabled', values: ['enabled', 'disabled'] },
  fargateFIPSMode: { initial: 'disabled', values: ['enabled', 'disabled'] },
  fargateTaskRetirementWaitPeriod: { initial: '7', values: ['0', '7', '14'] },
  guardDutyActivate: { initial: 'off', values: ['on', 'off'] },
  serviceLongArnFormat: { initial: 'enabled', values: ['enabled', 'disabled'] },
  tagResourceAuthorization: { initial: 'off', values: ['on', 'off'] },
  taskLongArnFormat: { initial: 'enabled', values: ['enabled', 'disabled'] },
}

/** The value of this setting for the principal: its own, else the account's default, else ECS's. */
export function effectiveSetting(ecsState: EcsState, principalArn: string, name: string): string {
  return (
    (ecsState.settings.get(keyOf(name, principalArn)) ?? ecsState.settings.get(keyOf(name, rootArn(ecsState))))
      ?.value ?? settings[name]!.initial
  )
}

function listAccountSettings(
  { ecsState, caller }: ActionContext,
  input: AwsJson<ListAccountSettingsRequest>,
): AwsJson<ListAccountSettingsResponse> {
  const { name, value, principalArn = caller.arn, effectiveSettings = false } = input
  if (value !== undefined && name === undefined)
    throw new AwsError('InvalidParameterException', 'A setting name must be given with a value.')
  const all = effectiveSettings
    ? Object.keys(settings).map(
        (name): SettingRecord => ({ name, value: effectiveSetting(ecsState, principalArn, name), principalArn }),
      )
    : [...ecsState.settings.values()].filter((setting) => setting.principalArn === principalArn)
  const matching = all.filter(
    (setting) => (name === undefined || setting.name === name) && (value === undefined || setting.value === value),
  )
  const { items, nextToken } = pageOf(matching, input, { keyOf: (setting) => setting.name, size: 10, maxSize: 10 })
  return { settings: items.map(settingAnswer), nextToken }
}

function putAccountSetting(
  { ecsState, caller }: ActionContext,
  input: AwsJson<PutAccountSettingRequest>,
): AwsJson<PutAccountSettingResponse> {
  return storeSetting(ecsState, {
    name: input.name ?? '',
    value: input.value ?? '',
    principalArn: input.principalArn ?? caller.arn,
  })
}

function putAccountSettingDefault(
  { ecsState }: ActionContext,
  input: AwsJson<PutAccountSettingDefaultRequest>,
): AwsJson<PutAccountSettingDefaultResponse> {
  return storeSetting(ecsState, { name: input.name ?? '', value: input.value ?? '', principalArn: rootArn(ecsState) })
}

function deleteAccountSetting(
  { ecsState, caller }: ActionContext,
  input: AwsJson<DeleteAccountSettingRequest>,
): AwsJson<DeleteAccountSettingResponse> {
  const { name = '', principalArn = caller.arn } = input
  ecsState.settings.delete(keyOf(name, principalArn))
  return {
    setting: { name: input.name, value: effectiveSetting(ecsState, principalArn, name), principalArn, type: 'user' },
  }
}

function storeSetting(ecsState: EcsState, setting: SettingRecord): { setting: AwsJson<Setting> } {
  const { values } = settings[setting.name]!
  if (setting.name.endsWith('LongArnFormat') && setting.value === 'disabled')
    throw new AwsError('InvalidParameterException', 'You can no longer disable Long Arn settings')
  if (!values.includes(setting.value)) throw new AwsError('InvalidParameterException', "Invalid setting 'value'")
  ecsState.settings.set(keyOf(setting.name, setting.principalArn), setting)
  return { setting: settingAnswer(setting) }
}

function settingAnswer({ name, value, principalArn }: SettingRecord): AwsJson<Setting> {
  return {
    name: name as AwsJson<Setting>['name'],
    value,
    principalArn,
    type: name === 'guardDutyActivate' ? 'aws_managed' : 'user',
  }
}

/** The account's default is the root user's setting (API Reference, PutAccountSetting). */
function rootArn({ partition, account }: EcsState): string {
  return `arn:${partition}:iam::${account}:root`
}

function keyOf(name: string, principalArn: string): string {
  return `${name} ${principalArn}`
}
