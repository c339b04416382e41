/** Account settings: ECS's defaults, the account's own default over them, and over that what a principal set for itself. */
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
import type { Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageOf } from '../../protocol/pages.ts'
import type { SettingRecord } from '../records/setting-record.ts'
import type { EcsState } from '../records/state.ts'
import type { ActionContext, Actions } from './action.ts'

export const accountSettingActions = {
  ListAccountSettings: listAccountSettings,
  PutAccountSetting: putAccountSetting,
  PutAccountSettingDefault: putAccountSettingDefault,
  DeleteAccountSetting: deleteAccountSetting,
} satisfies Actions

/** What each setting is in a new account, and what it can be (API Reference, PutAccountSetting). */
const settings: Record<string, { initial: string; values: readonly string[] }> = {
  awsvpcTrunking: { initial: 'disabled', values: ['enabled', 'disabled'] },
  containerInsights: { initial: 'disabled', values: ['enabled', 'disabled', 'enhanced'] },
  containerInstanceLongArnFormat: { initial: 'enabled', values: ['enabled', 'disabled'] },
  defaultLogDriverMode: { initial: 'non-blocking', values: ['blocking', 'non-blocking'] },
  // That it is on in a new account was read from public answers of ListAccountSettings, not from the API Reference.
  dualStackIPv6: { initial: 'enabled', values: ['enabled', 'disabled'] },
  fargateEventWindows: { initial: 'disabled', values: ['enabled', 'disabled'] },
  fargateFIPSMode: { initial: 'disabled', values: ['enabled', 'disabled'] },
  fargateTaskRetirementWaitPeriod: { initial: '7', values: ['0', '7', '14'] },
  guardDutyActivate: { initial: 'off', values: ['on', 'off'] },
  serviceLongArnFormat: { initial: 'enabled', values: ['enabled', 'disabled'] },
  tagResourceAuthorization: { initial: 'off', values: ['on', 'off'] },
  taskLongArnFormat: { initial: 'enabled', values: ['enabled', 'disabled'] },
}

/** What holds for this principal. */
export function effectiveSetting(ecsState: EcsState, principalArn: string, name: string): string {
  return (
    (ecsState.settings.get(keyOf(name, principalArn)) ?? ecsState.settings.get(keyOf(name, rootArn(ecsState))))
      ?.value ?? settings[name]!.initial
  )
}

function listAccountSettings(
  { ecsState, caller }: ActionContext,
  input: Wire<ListAccountSettingsRequest>,
): Wire<ListAccountSettingsResponse> {
  const { name, value, principalArn = caller.arn, effectiveSettings = false } = input
  if (value !== undefined && name === undefined)
    throw new AwsError('InvalidParameterException', 'A setting name must be given with a value.')
  const all = effectiveSettings
    ? Object.keys(settings).map(
        (name): SettingRecord => ({ name, value: effectiveSetting(ecsState, principalArn, name), principalArn }),
      )
    : [...ecsState.settings.values()].filter((setting) => setting.principalArn === principalArn)
  const wanted = all.filter(
    (setting) => (name === undefined || setting.name === name) && (value === undefined || setting.value === value),
  )
  const { items, nextToken } = pageOf(wanted, input, { keyOf: (setting) => setting.name, size: 10, most: 10 })
  return { settings: items.map(shown), nextToken }
}

function putAccountSetting(
  { ecsState, caller }: ActionContext,
  input: Wire<PutAccountSettingRequest>,
): Wire<PutAccountSettingResponse> {
  return put(ecsState, {
    name: input.name ?? '',
    value: input.value ?? '',
    principalArn: input.principalArn ?? caller.arn,
  })
}

function putAccountSettingDefault(
  { ecsState }: ActionContext,
  input: Wire<PutAccountSettingDefaultRequest>,
): Wire<PutAccountSettingDefaultResponse> {
  return put(ecsState, { name: input.name ?? '', value: input.value ?? '', principalArn: rootArn(ecsState) })
}

function deleteAccountSetting(
  { ecsState, caller }: ActionContext,
  input: Wire<DeleteAccountSettingRequest>,
): Wire<DeleteAccountSettingResponse> {
  const { name = '', principalArn = caller.arn } = input
  ecsState.settings.delete(keyOf(name, principalArn))
  return {
    setting: { name: input.name, value: effectiveSetting(ecsState, principalArn, name), principalArn, type: 'user' },
  }
}

function put(ecsState: EcsState, setting: SettingRecord): { setting: Wire<Setting> } {
  const { values } = settings[setting.name]!
  if (setting.name.endsWith('LongArnFormat') && setting.value === 'disabled')
    throw new AwsError('InvalidParameterException', 'You can no longer disable Long Arn settings')
  if (!values.includes(setting.value)) throw new AwsError('InvalidParameterException', "Invalid setting 'value'")
  ecsState.settings.set(keyOf(setting.name, setting.principalArn), setting)
  return { setting: shown(setting) }
}

function shown({ name, value, principalArn }: SettingRecord): Wire<Setting> {
  return {
    name: name as Wire<Setting>['name'],
    value,
    principalArn,
    type: name === 'guardDutyActivate' ? 'aws_managed' : 'user',
  }
}

/** The account's own default is the root user's setting (API Reference, PutAccountSetting). */
function rootArn({ partition, account }: EcsState): string {
  return `arn:${partition}:iam::${account}:root`
}

function keyOf(name: string, principalArn: string): string {
  return `${name} ${principalArn}`
}
