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
import { pageOfList } from '../../protocol/pages.ts'
import type { EcsTables, SettingRecord } from '../records/ecs-tables.ts'
import type { ActionContext, Actions } from './action.ts'

export const accountSettingActions = {
  ListAccountSettings: listAccountSettings,
  PutAccountSetting: putAccountSetting,
  PutAccountSettingDefault: putAccountSettingDefault,
  DeleteAccountSetting: deleteAccountSetting,
} satisfies Actions

/** The value of each setting in a new account, and its valid values (API Reference, PutAccountSetting). */
const knownSettings: Record<string, { initial: string; values: readonly string[] }> = {
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
export function effectiveSetting(ecsTables: EcsTables, principalArn: string, name: string): string {
  return (
    (ecsTables.settings.get(keyOf(name, principalArn)) ?? ecsTables.settings.get(keyOf(name, rootArn(ecsTables))))
      ?.value ?? knownSettings[name]!.initial
  )
}

function listAccountSettings(
  { ecsTables, caller }: ActionContext,
  input: AwsJson<ListAccountSettingsRequest>,
): AwsJson<ListAccountSettingsResponse> {
  const { name, value, principalArn = caller.arn, effectiveSettings = false } = input
  if (value !== undefined && name === undefined)
    throw new AwsError('InvalidParameterException', 'A setting name must be given with a value.')
  const all = effectiveSettings
    ? Object.keys(knownSettings).map(
        (name): SettingRecord => ({ name, value: effectiveSetting(ecsTables, principalArn, name), principalArn }),
      )
    : [...ecsTables.settings.values()].filter((setting) => setting.principalArn === principalArn)
  const matching = all.filter(
    (setting) => (name === undefined || setting.name === name) && (value === undefined || setting.value === value),
  )
  const { items, nextToken } = pageOfList(matching, input, {
    keyOf: (setting) => setting.name,
    defaultSize: 10,
    maxSize: 10,
  })
  return { settings: items.map(settingInResponse), nextToken }
}

function putAccountSetting(
  { ecsTables, caller }: ActionContext,
  input: AwsJson<PutAccountSettingRequest>,
): AwsJson<PutAccountSettingResponse> {
  return storeSetting(ecsTables, {
    name: input.name ?? '',
    value: input.value ?? '',
    principalArn: input.principalArn ?? caller.arn,
  })
}

function putAccountSettingDefault(
  { ecsTables }: ActionContext,
  input: AwsJson<PutAccountSettingDefaultRequest>,
): AwsJson<PutAccountSettingDefaultResponse> {
  return storeSetting(ecsTables, { name: input.name ?? '', value: input.value ?? '', principalArn: rootArn(ecsTables) })
}

function deleteAccountSetting(
  { ecsTables, caller }: ActionContext,
  input: AwsJson<DeleteAccountSettingRequest>,
): AwsJson<DeleteAccountSettingResponse> {
  const { name = '', principalArn = caller.arn } = input
  ecsTables.settings.delete(keyOf(name, principalArn))
  return {
    setting: { name: input.name, value: effectiveSetting(ecsTables, principalArn, name), principalArn, type: 'user' },
  }
}

function storeSetting(ecsTables: EcsTables, setting: SettingRecord): { setting: AwsJson<Setting> } {
  const { values } = knownSettings[setting.name]!
  if (setting.name.endsWith('LongArnFormat') && setting.value === 'disabled')
    throw new AwsError('InvalidParameterException', 'You can no longer disable Long Arn settings')
  if (!values.includes(setting.value)) throw new AwsError('InvalidParameterException', "Invalid setting 'value'")
  ecsTables.settings.set(keyOf(setting.name, setting.principalArn), setting)
  return { setting: settingInResponse(setting) }
}

function settingInResponse({ name, value, principalArn }: SettingRecord): AwsJson<Setting> {
  return {
    name: name as AwsJson<Setting>['name'],
    value,
    principalArn,
    type: name === 'guardDutyActivate' ? 'aws_managed' : 'user',
  }
}

/** The account's default is the root user's setting (API Reference, PutAccountSetting). */
function rootArn({ partition, account }: EcsTables): string {
  return `arn:${partition}:iam::${account}:root`
}

function keyOf(name: string, principalArn: string): string {
  return `${name} ${principalArn}`
}
