/** Each wording of ECS gives its cause; a wording that no table knows gives `Unknown` with the wording. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const aws = await startEngineOverTcp()
const standIn = await startAwsStandIn(aws.account('remote').endpoint!)
const { api } = await startTestProgram({
  accounts: [aws.account('remote', { endpoint: standIn.endpoint, budget: 'off', freshMs: 0 })],
})
await api.post('/remote/clusters', { name: 'prod' })

const scope = 'arn:aws:ecs:us-east-1:111122223333'
const id = '0'.repeat(32)
const stoppedAt = 1_790_000_000

interface Stop {
  stopCode?: string
  stoppedReason?: string
  exitCode?: number
  reason?: string
  healthStatus?: string
  group?: string
}

/** The diagnosis of a task that ECS describes like this. */
async function diagnosisOf({ stopCode = 'EssentialContainerExited', stoppedReason, group, ...container }: Stop) {
  const task = {
    taskArn: `${scope}:task/prod/${id}`,
    clusterArn: `${scope}:cluster/prod`,
    taskDefinitionArn: `${scope}:task-definition/web:1`,
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    group: group ?? 'service:www',
    stopCode,
    stoppedReason,
    stoppedAt,
    containers: [{ name: 'web', lastStatus: 'STOPPED', ...container }],
  }
  standIn.responses.set('DescribeTasks', () => ({ body: { tasks: [task], failures: [] } }))
  const headers = { 'cache-control': 'no-cache' }
  const { status, body, text } = await api.get(`/remote/clusters/prod/tasks/${id}/diagnosis`, { headers })
  assert.equal(status, 200, text)
  return body
}

// Stops of a task, as ECS describes them.
const failed = 'TaskFailedToStart'
const exited = 'Essential container in task exited'
const pull = (text: string): Stop => ({ stopCode: failed, stoppedReason: `CannotPullContainerError: ${text}` })
const resource = (text: string): Stop => ({ stopCode: failed, stoppedReason: `ResourceInitializationError: ${text}` })
const reason = (stoppedReason: string, stopCode = failed): Stop => ({ stopCode, stoppedReason })
const exit = (exitCode: number): Stop => ({ stoppedReason: exited, exitCode })

// The Developer Guide's pages on stopped tasks, image pulls and initialization errors, and reports of users.
const wordings: [code: string, stop: Stop][] = [
  [
    'SpotInterruption',
    { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.', exitCode: 137 },
  ],
  ['SpotInterruption', { stopCode: 'TerminationNotice', stoppedReason: 'Your Spot Task was interrupted.' }],
  [
    'HostMaintenance',
    reason(
      'ECS is performing maintenance on the underlying infrastructure hosting the task.',
      'ServiceSchedulerInitiated',
    ),
  ],
  [
    'ScaledIn',
    { ...reason('Scaling activity initiated by (deployment ecs-svc/12)', 'ServiceSchedulerInitiated'), exitCode: 143 },
  ],
  [
    'TargetUnhealthy',
    {
      ...reason(
        'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)',
        'ServiceSchedulerInitiated',
      ),
      exitCode: 143,
    },
  ],
  [
    'HealthCheckFailed',
    { ...reason('Task failed container health checks', 'ServiceSchedulerInitiated'), exitCode: 137 },
  ],
  [
    'OutOfMemory',
    { stoppedReason: exited, exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
  ],
  ['ProgramFinished', exit(0)],
  ['ProgramFailed', exit(1)],
  ['ProgramFailed', exit(3)],
  [
    'ProgramFailed',
    { ...reason('Scaling activity initiated by (deployment ecs-svc/12)', 'ServiceSchedulerInitiated'), exitCode: 3 },
  ],
  [
    'HealthCheckFailed',
    {
      ...reason('Scaling activity initiated by (deployment ecs-svc/12)', 'ServiceSchedulerInitiated'),
      ...{ exitCode: 137, healthStatus: 'UNHEALTHY' },
    },
  ],
  ['CommandNotExecutable', exit(126)],
  ['CommandNotFound', exit(127)],
  ['ProgramAborted', exit(134)],
  ['ProgramKilled', exit(137)],
  ['ProgramCrashed', exit(139)],
  ['ProgramTerminated', exit(143)],
  ['WrongArchitecture', { stoppedReason: exited, exitCode: 1, reason: 'exec /bin/app: exec format error' }],
  ['WrongArchitecture', pull("image Manifest does not contain descriptor matching platform 'linux/amd64'")],
  [
    'ImageNotFound',
    pull(
      'pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/nope:1: docker.io/library/nope:1: not found',
    ),
  ],
  ['ImageNotFound', pull('manifest for web:2 not found: manifest unknown: Requested image not found')],
  ['ImageAccessDenied', pull('pull access denied for web, repository does not exist or may require docker login')],
  [
    'ImageAccessDenied',
    pull(
      'AccessDeniedException: User: arn:aws:sts::1:assumed-role/exec is not authorized. Check if the role has the permissions',
    ),
  ],
  [
    'RegistryUnreachable',
    pull('ref pull has been retried 5 time(s): failed to copy: dial tcp 52.94.1.2:443: i/o timeout'),
  ],
  [
    'LocalImageMissing',
    pull('initializing source docker://localhost/shop:9: Get "https://localhost/v2/": dial tcp: connection refused'),
  ],
  ['RegistryUnreachable', pull('failed to resolve ref localhost:5000/shop:9: dial tcp: connection refused')],
  ['RegistryUnreachable', pull('failed to resolve ref: request canceled while waiting for connection')],
  ['RegistryUnreachable', pull('context canceled')],
  [
    'RegistryUnreachable',
    pull(
      'The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR.',
    ),
  ],
  [
    'ImagePullLimit',
    pull('429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.'),
  ],
  [
    'ImageLayersUnreachable',
    pull('failed to copy: httpReaderSeeker: failed open: failed to do request: dial tcp: i/o timeout'),
  ],
  ['ImageTooLarge', pull('failed to register layer: write /usr/lib/x: no space left on device')],
  ['ImageNameInvalid', pull('invalid reference format')],
  ['ImageNameInvalid', pull('normalizing image: normalizing name for compat API: repository name must be lowercase')],
  ['ImagePullFailed', pull('something that nobody has seen before')],
  [
    'SecretAccessDenied',
    resource(
      'unable to pull secrets or registry auth: execution resource retrieval failed: AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue',
    ),
  ],
  [
    'SecretUnreachable',
    resource('unable to pull secrets or registry auth: unable to retrieve secret from asm: context deadline exceeded'),
  ],
  [
    'SecretUnreachable',
    resource(
      'unable to pull secrets or registry auth: There is a connection issue between the task and AWS Secrets Manager',
    ),
  ],
  [
    'SecretMalformed',
    resource(
      "unable to pull secrets or registry auth: unable to retrieve secret from asm: invalid character 'p' looking for beginning of value",
    ),
  ],
  [
    'SecretMalformed',
    resource(
      'unable to pull secrets or registry auth: retrieved secret from Secrets Manager did not contain json key password',
    ),
  ],
  [
    'SecretNotFound',
    resource(
      'unable to pull secrets or registry auth: ResourceNotFoundException: Secrets Manager can’t find the specified secret.',
    ),
  ],
  ['SecretNotFound', resource('unable to pull secrets or registry auth: secret was marked for deletion')],
  [
    'LogGroupUnavailable',
    resource(
      'failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition.',
    ),
  ],
  [
    'FileSystemUnavailable',
    resource('failed to invoke EFS utils commands to set up EFS volumes: mount.nfs4: Connection timed out'),
  ],
  ['ProvisioningTimeout', reason('Timeout waiting for network interface provisioning to complete.')],
  ['ProvisioningTimeout', reason('Timeout waiting for EphemeralStorage provisioning to complete.')],
  [
    'SubnetWithoutAddresses',
    reason(
      'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet subnet-1: InsufficientFreeAddressesInSubnet',
    ),
  ],
  ['AwsInternalError', reason('InternalError: Unable to attach network interface')],
  [
    'CapacityUnavailable',
    reason('Capacity is unavailable at this time. Please try again later or in a different availability zone.'),
  ],
  ['QuotaExceeded', reason('You’ve reached the limit on the number of vCPUs you can run concurrently.')],
  ['QuotaExceeded', reason('The requested CPU configuration is above your limit.')],
  [
    'StrategyIncompatible',
    reason('The selected task definition is not compatible with the selected compute strategy.'),
  ],
  ['InstancePlacement', reason('RESOURCE:MEMORY')],
  ['InstancePlacement', reason('EMPTY CAPACITY PROVIDER')],
  ['ContainerStartRefused', reason('CannotStartContainerError: failed to create shim task: OCI runtime create failed')],
  [
    'RuntimeTrouble',
    reason('ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s'),
  ],
  ['RuntimeTrouble', reason('CannotInspectContainerError: Could not transition to inspecting')],
  ['VolumeFailed', reason('CannotCreateVolumeError: mount failed')],
  ['StoppedByUser', { ...reason('Task stopped by user', 'UserInitiated'), exitCode: 137 }],
  ['StoppedByUser', { ...reason('a reason of our own', 'UserInitiated'), exitCode: 0 }],
]
for (const [code, stop] of wordings) {
  const name = `${stop.reason ?? stop.stoppedReason}`.slice(0, 60)
  test(`${code}: ${name}${stop.exitCode === undefined ? '' : `, exit code ${stop.exitCode}`}`, async () => {
    const { causes, status } = await diagnosisOf(stop)
    assert.equal(causes[0]?.code, code, JSON.stringify(causes))
    assert.equal(causes[0].docs, `/docs/causes/${code}`)
    assert.equal(status, causes[0].severity === 'expected' ? 'healthy' : 'failing')
    const texts = causes[0].evidence.map((evidence: { text: string }) => evidence.text).join('\n')
    // The exit code of a kill that follows a stop by the service is not evidence.
    const isEndedByEcs = stop.stopCode === 'ServiceSchedulerInitiated' && [137, 143].includes(stop.exitCode ?? 0)
    assert.equal(/exit code/.test(texts), !isEndedByEcs && Boolean(stop.exitCode), texts)
    // The reason of a scaling is not evidence for a task that had failed before.
    const isOtherReason = code !== 'ScaledIn' && /^Scaling activity/.test(stop.stoppedReason ?? '')
    assert.equal(/Scaling activity/.test(texts), code === 'ScaledIn', texts)
    for (const fact of [
      !isOtherReason && stop.stoppedReason,
      stop.reason,
      !isEndedByEcs && stop.exitCode && `exit code ${stop.exitCode}`,
      isOtherReason && stop.healthStatus,
    ])
      if (fact) assert.ok(texts.includes(String(fact)), texts)
    assert.equal((await api.get(causes[0].docs)).status, 200)
  })
}

const unknown = [
  'GremlinError: the gremlins took it',
  'Host i-123 was terminated by an operator',
  'HealthRepair: the host was replaced',
  'The quark flux was out of bounds',
  'TaskEvicted',
  'Unexpected state transition (code 17)',
  'VolumeAttachmentRevoked: vol-1',
  'Container engine upgraded',
  'ServiceDiscoveryError: instance could not be registered',
  'Zugriff verweigert',
]
test('ten wordings that no table knows give Unknown, with the wording', async () => {
  for (const wording of unknown) {
    const { causes } = await diagnosisOf({ stopCode: failed, stoppedReason: wording, exitCode: 1 })
    assert.equal(causes[0].code, 'Unknown', wording)
    assert.ok(causes[0].evidence.some(({ text }: { text: string }) => text.includes(wording)))
  }
})

test('a job that ended with exit code 0 is healthy', async () => {
  const { status, causes } = await diagnosisOf({ ...exit(0), group: 'family:job' })
  assert.deepEqual([status, causes], ['healthy', []])
})

test('every cause has a page, and an unknown one is a 404', async () => {
  const { text } = await api.get('/docs/causes')
  const codes = [...text.matchAll(/<td><a href="\/docs\/causes\/(\w+)">/g)].map(([, code]) => code)
  assert.ok(codes.length > 50, String(codes.length))
  assert.equal(new Set(codes).size, codes.length)
  for (const code of codes) assert.equal((await api.get(`/docs/causes/${code}`)).status, 200, code)
  const { text: missingImage } = await api.get('/docs/causes/LocalImageMissing')
  assert.match(missingImage, /What to do on the embedded engine.*podman images.* or .*docker images/s)
  assert.equal((await api.get('/docs/causes/Nonsense')).status, 404)
})
