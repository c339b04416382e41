import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { noAwsCli, openAwsCli } from '../testing/aws-cli.ts'
import { openEngineForEc2, stepsWithWebDefinition } from '../testing/ec2-request.ts'
import { awsvpcNetwork, ecsSteps } from '../testing/ecs-steps.ts'

const withPublicIp = (more: object = {}) => ({
  networkConfiguration: {
    awsvpcConfiguration: { ...awsvpcNetwork.awsvpcConfiguration, assignPublicIp: 'ENABLED' as const, ...more },
  },
})

test('the AWS CLI describes a task’s network interface, subnet, VPC and security groups', {
  skip: noAwsCli,
}, async (t) => {
  const { ecs, cli } = await openAwsCli<Ec2Response>(t)
  const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  const definition = await registerDefinition('web')
  const running = await waitForTask(
    await runTask(definition, withPublicIp({ securityGroups: ['sg-0123456789abcdef0'] })),
    ({ lastStatus }) => lastStatus === 'RUNNING',
  )
  const detail = (wanted: string) => running.attachments![0]!.details!.find(({ name }) => name === wanted)?.value
  const ec2 = (...args: string[]) => cli('ec2', ...args)

  const { NetworkInterfaces = [] } = await ec2(
    'describe-network-interfaces',
    '--network-interface-ids',
    detail('networkInterfaceId')!,
  )
  const [eni] = NetworkInterfaces
  assert.equal(NetworkInterfaces.length, 1)
  assert.equal(eni?.PrivateIpAddress, detail('privateIPv4Address'))
  assert.equal(eni?.PrivateDnsName, detail('privateDnsName'))
  assert.equal(eni?.MacAddress, detail('macAddress'))
  assert.equal(eni?.SubnetId, detail('subnetId'))
  assert.equal(eni?.AvailabilityZone, running.availabilityZone)
  assert.equal(eni?.Status, 'in-use')
  assert.deepEqual(eni?.Groups, [{ GroupId: 'sg-0123456789abcdef0', GroupName: 'sg-0123456789abcdef0' }])
  assert.match(eni?.Description ?? '', new RegExp(`:attachment/${running.attachments![0]!.id}$`))
  assert.match(eni?.Association?.PublicIp ?? '', /^198\.1[89]\.\d+\.\d+$/)
  assert.match(eni?.Association?.PublicDnsName ?? '', /^ec2-198-1[89]-.*\.compute-1\.amazonaws\.com$/)

  const [vpc] = (await ec2('describe-vpcs', '--filters', 'Name=is-default,Values=true')).Vpcs ?? []
  assert.equal(vpc?.VpcId, eni?.VpcId)
  const { Subnets = [] } = await ec2('describe-subnets', '--filters', `Name=vpc-id,Values=${vpc?.VpcId}`)
  assert.deepEqual(
    Subnets.filter(({ DefaultForAz }) => DefaultForAz).map(({ AvailabilityZone }) => AvailabilityZone),
    ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  )
  const taskSubnet = Subnets.find(({ SubnetId }) => SubnetId === eni?.SubnetId)
  assert.deepEqual(
    [taskSubnet?.AvailabilityZone, taskSubnet?.AvailableIpAddressCount],
    [running.availabilityZone, 16_384 - 5 - 1],
  )
  const [group] =
    (await ec2('describe-security-groups', '--filters', 'Name=group-name,Values=default')).SecurityGroups ?? []
  assert.equal(group?.VpcId, vpc?.VpcId)
  assert.equal((await ec2('describe-security-groups')).SecurityGroups?.length, 2)
  await assert.rejects(
    ec2('describe-network-interfaces', '--network-interface-ids', 'eni-0123456789abcdef0'),
    /\(InvalidNetworkInterfaceID\.NotFound\) when calling the DescribeNetworkInterfaces operation: The networkInterface ID 'eni-0123456789abcdef0' does not exist/,
  )
  await assert.rejects(ec2('describe-instances'), /\(InvalidAction\).*does not have the action DescribeInstances/)
})

test('only a task with assignPublicIp has a public address, and a stopped task has no interface', async (t) => {
  const { requestEc2, ecs } = await openEngineForEc2(t)
  const { runWebTask, waitForTask } = await stepsWithWebDefinition(ecs)
  const [hidden, shown] = [await runWebTask(), await runWebTask(withPublicIp())]
  const first = await requestEc2('DescribeNetworkInterfaces')
  assert.equal(first.text.match(/<networkInterfaceId>/g)?.length, 2)
  assert.equal(first.text.match(/<publicIp>/g)?.length, 2, 'in the interface and in its one address')
  assert.match(
    (await requestEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': hidden.eni })).text,
    /<groupName>default</,
  )
  await ecs.send(new StopTaskCommand({ task: shown.taskArn }))
  await waitForTask(shown.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  const missing = await requestEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': shown.eni })
  assert.equal(missing.status, 400)
  assert.match(missing.text, /^<Response><Errors><Error><Code>InvalidNetworkInterfaceID\.NotFound<\/Code>/)
})

test('filters combine, accept wildcards, and an unknown filter is an error', async (t) => {
  const { requestEc2, ecs } = await openEngineForEc2(t)
  const { runWebTask } = await stepsWithWebDefinition(ecs)
  const one = await runWebTask(withPublicIp())
  const other = await runWebTask()
  const filtered = async (...filters: [name: string, ...values: string[]][]) => {
    const given = filters.flatMap(([name, ...values], i) => [
      [`Filter.${i + 1}.Name`, name],
      ...values.map((value, j) => [`Filter.${i + 1}.Value.${j + 1}`, value]),
    ])
    const { text } = await requestEc2('DescribeNetworkInterfaces', Object.fromEntries(given))
    return [...text.matchAll(/<networkInterfaceId>(.*?)</g)].map(([, id]) => id).sort()
  }
  assert.deepEqual(await filtered(['network-interface-id', one.eni]), [one.eni])
  assert.deepEqual(await filtered(['network-interface-id', one.eni, other.eni]), [one.eni, other.eni].sort())
  assert.deepEqual(await filtered(['network-interface-id', 'eni-*'], ['addresses.association.public-ip', '198.*']), [
    one.eni,
  ])
  assert.deepEqual(await filtered(['network-interface-id', `${one.eni.slice(0, -1)}?`]), [one.eni])
  assert.deepEqual(await filtered(['status', 'available']), [])
  assert.deepEqual(await filtered(['network-interface-id', `${'*e*'.repeat(2000)}x`]), [])
  assert.deepEqual(await filtered(['vpc-id', '*-*?*'], ['network-interface-id', `*${one.eni.slice(-3)}`]), [one.eni])
  assert.deepEqual(await filtered(['private-ip-address', '10\\*']), [])
  const wrong = await requestEc2('DescribeNetworkInterfaces', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' })
  assert.match(wrong.text, /<Code>InvalidParameterValue<\/Code><Message>The filter &#39;colour&#39; is invalid</)
})

test('pages continue after the last interface', async (t) => {
  const { requestEc2, ecs } = await openEngineForEc2(t)
  const { runWebTask } = await stepsWithWebDefinition(ecs)
  const ids = await Promise.all(Array.from({ length: 7 }, async () => (await runWebTask()).eni))
  const seen: string[] = []
  let nextToken: string | undefined
  do {
    const { text } = await requestEc2('DescribeNetworkInterfaces', {
      MaxResults: '5',
      ...(nextToken && { NextToken: nextToken }),
    })
    seen.push(...[...text.matchAll(/<networkInterfaceId>(.*?)</g)].map(([, id = '']) => id))
    nextToken = /<nextToken>(.*?)</.exec(text)?.[1]
  } while (nextToken)
  assert.deepEqual(seen, ids.sort())
  assert.match((await requestEc2('DescribeNetworkInterfaces', { MaxResults: '4' })).text, /InvalidParameterValue/)
  assert.match((await requestEc2('DescribeNetworkInterfaces', { NextToken: 'x' })).text, /InvalidNextToken/)
  const both = await requestEc2('DescribeNetworkInterfaces', { MaxResults: '5', 'NetworkInterfaceId.1': ids[0]! })
  assert.match(both.text, /InvalidParameterCombination/)
})

test('missing or malformed ids are rejected with EC2’s messages', async (t) => {
  const { requestEc2 } = await openEngineForEc2(t)
  const error = async (action: string, parameters: Record<string, string>) => {
    const { text } = await requestEc2(action, parameters)
    const [, code, message] = /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/.exec(text) ?? []
    return `${code}: ${message?.replaceAll('&#39;', "'").replaceAll('&#34;', '"')}`
  }
  assert.equal(
    await error('DescribeNetworkInterfaces', {
      'NetworkInterfaceId.1': 'eni-00000001',
      'NetworkInterfaceId.2': 'eni-00000002',
    }),
    "InvalidNetworkInterfaceID.NotFound: The networkInterface IDs 'eni-00000001, eni-00000002' do not exist",
  )
  assert.equal(
    await error('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': 'x' }),
    'InvalidNetworkInterfaceId.Malformed: Invalid id: "x"',
  )
  assert.equal(
    await error('DescribeVpcs', { 'VpcId.1': 'vpc-00000001' }),
    "InvalidVpcID.NotFound: The vpc ID 'vpc-00000001' does not exist",
  )
  assert.equal(
    await error('DescribeSubnets', { 'SubnetId.1': 'subnet-00000001' }),
    "InvalidSubnetID.NotFound: The subnet ID 'subnet-00000001' does not exist",
  )
  assert.equal(
    await error('DescribeSecurityGroups', { 'GroupId.1': 'sg-00000001' }),
    "InvalidGroup.NotFound: The security group 'sg-00000001' does not exist",
  )
  assert.match(
    await error('DescribeSecurityGroups', { 'GroupName.1': 'web' }),
    /^InvalidGroup\.NotFound: The security group 'web' does not exist in default VPC 'vpc-/,
  )
  assert.match(await error('DescribeVpcs', { DryRun: 'true' }), /^DryRunOperation: /)
})

test('unknown credentials are rejected in EC2’s format', async (t) => {
  const { requestEc2 } = await openEngineForEc2(t, { verifySignatures: true })
  const { status, text } = await requestEc2('DescribeVpcs')
  assert.equal(status, 401)
  assert.match(text, /^<Response><Errors><Error><Code>AuthFailure<\/Code>/)
})

interface Ec2Response {
  NetworkInterfaces?: {
    PrivateIpAddress: string
    PrivateDnsName: string
    MacAddress: string
    SubnetId: string
    VpcId: string
    AvailabilityZone: string
    Status: string
    Description: string
    Groups: unknown
    Association?: { PublicIp: string; PublicDnsName: string }
  }[]
  Vpcs?: { VpcId: string }[]
  Subnets?: { SubnetId: string; AvailabilityZone: string; DefaultForAz: boolean; AvailableIpAddressCount: number }[]
  SecurityGroups?: { VpcId: string }[]
}
