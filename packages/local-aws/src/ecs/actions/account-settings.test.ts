import assert from 'node:assert/strict'
import {
  CreateClusterCommand,
  DeleteAccountSettingCommand,
  ListAccountSettingsCommand,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
} from '@aws-sdk/client-ecs'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import { accountNumber } from '../../testing/test-engine.ts'

const user = `arn:aws:iam::${accountNumber}:user/u`

testInProcessAndOverTcp(
  'a principal’s own setting overrides the account’s default, and that overrides ECS’s',
  async (open) => {
    const { ecs } = await open()
    const name = 'containerInsights' as const
    const effective = async (principalArn?: string) =>
      (await ecs.send(new ListAccountSettingsCommand({ name, effectiveSettings: true, principalArn }))).settings?.[0]
        ?.value
    assert.equal(await effective(), 'disabled')
    assert.deepEqual((await ecs.send(new ListAccountSettingsCommand({}))).settings, [])
    await ecs.send(new PutAccountSettingDefaultCommand({ name, value: 'enabled' }))
    await ecs.send(new PutAccountSettingCommand({ name, value: 'enhanced', principalArn: user }))
    assert.deepEqual([await effective(), await effective(user)], ['enabled', 'enhanced'])
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
    assert.deepEqual(cluster?.settings, [{ name, value: 'enabled' }])
    await ecs.send(new DeleteAccountSettingCommand({ name, principalArn: user }))
    assert.equal(await effective(user), 'enabled')
  },
)

testInProcessAndOverTcp('all settings are listed in pages of ten, and an invalid value is rejected', async (open) => {
  const { ecs } = await open()
  const first = await ecs.send(new ListAccountSettingsCommand({ effectiveSettings: true }))
  const second = await ecs.send(new ListAccountSettingsCommand({ effectiveSettings: true, nextToken: first.nextToken }))
  assert.deepEqual([first.settings?.length, second.settings?.length], [10, 2])
  await assert.rejects(ecs.send(new PutAccountSettingCommand({ name: 'fargateFIPSMode', value: 'maybe' })), {
    name: 'InvalidParameterException',
  })
  await assert.rejects(ecs.send(new PutAccountSettingCommand({ name: 'nope' as 'fargateFIPSMode', value: 'on' })), {
    name: 'InvalidParameterException',
  })
})
