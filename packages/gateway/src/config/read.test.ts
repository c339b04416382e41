import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createSelfSignedCertificate } from '../testing/self-signed.ts'
import { localAccountNumber } from './account-number.ts'
import { BrokenConfiguration } from './faults.ts'
import { defaultLimits } from './limits.ts'
import { readConfiguration } from './read.ts'

const folder = mkdtempSync(join(tmpdir(), 'ecs-api-config-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
function fileOf(text: string): string {
  const file = join(folder, `${++files}.yaml`)
  writeFileSync(file, text)
  return file
}
const read = (text: string, environment: Record<string, string> = {}) =>
  readConfiguration({ file: fileOf(text), environment })
async function faults(text: string, environment: Record<string, string> = {}): Promise<string[]> {
  try {
    await read(text, environment)
  } catch (error) {
    assert.ok(error instanceof BrokenConfiguration, String(error))
    return error.faults.map(({ path, message }) => `${path}: ${message}`)
  }
  return assert.fail('the configuration was accepted')
}

test('an account of either mode may have a colour in the console, in six hexadecimal digits', async () => {
  const withColour = (mode: string, colour: string) =>
    `accounts: { a: { mode: ${mode}, region: us-east-1, console: { colour: "${colour}" } } }`
  for (const mode of ['aws', 'local'])
    assert.deepEqual((await read(withColour(mode, '#c0271C'))).accounts[0]?.console, { colour: '#c0271C' })
  for (const colour of ['red', '#c02', 'url(#a)'])
    assert.deepEqual(await faults(withColour('aws', colour)), [
      'accounts.a.console.colour: expected a colour such as "#c0271c"',
    ])
})

test('the queue of events is the URL of an SQS queue, also of a FIFO queue', async () => {
  const withQueue = (name: string) =>
    `accounts: { a: { mode: aws, region: eu-west-1, events: { queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/${name}" } } }`
  for (const name of ['ecs-events', 'ecs-events.fifo'])
    assert.match((await read(withQueue(name))).accounts[0]?.events?.queueUrl ?? '', new RegExp(`/${name}$`))
  for (const name of ['', 'ecs.events', 'ecs-events.fifo/x'])
    assert.deepEqual(await faults(withQueue(name)), ['accounts.a.events.queueUrl: expected the URL of an SQS queue'])
})

test('without configuration there is one local account on loopback', async () => {
  const settings = await readConfiguration({ environment: {} })
  assert.deepEqual(settings, {
    listen: { host: '127.0.0.1', port: 8000 },
    reusePort: false,
    data: './data',
    token: undefined,
    store: { url: undefined, key: undefined },
    oidc: undefined,
    http: {
      rateLimit: { requests: 20_000, seconds: 10 },
      limits: defaultLimits,
      cors: undefined,
      tls: undefined,
      trustProxy: [],
    },
    logLevel: 'info',
    metricsListen: undefined,
    auditDays: 400,
    historyDays: 30,
    cacheMiB: 64,
    accounts: [
      { mode: 'local', name: 'local', number: localAccountNumber('local'), region: 'us-east-1', defaults: {} },
    ],
    engine: { pace: 'fast', consistencyDelayMs: 0, runtime: 'auto', atClose: 'stop' },
    engineListen: [],
  })
  assert.match(localAccountNumber('local'), /^[1-9]\d{11}$/)
})

test('every key is read, and references to files and variables are resolved', async () => {
  writeFileSync(join(folder, 'secret'), 'from a file\n')
  const { cert, key } = createSelfSignedCertificate()
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key)
  const settings = await read(
    `
listen: "[::1]:0"
reusePort: true
data: /var/lib/ecs-api
token: file:secret
auditDays: 30
historyDays: 30
logLevel: warn
metrics: { listen: 127.0.0.1:9464 }
rateLimit: { requests: 5, seconds: 2 }
limits: { streamsPerToken: 20, failedLogins: 5 }
cors: { origins: [https://portal.example.org] }
tls: { cert: file:cert.pem, key: file:key.pem }
trustProxy: [10.0.0.0/8]
oidc: { issuer: https://login.example.org, audience: ecs-api, rules: [{ claim: groups, value: ops-*, role: operator, accounts: [nonprod] }] }
accounts:
  nonprod:
    region: us-gov-west-1
    fips: true
    credentials: { roleArn: arn:aws-us-gov:iam::001122334455:role/ecs-api, externalId: env:EXTERNAL_ID }
    defaults: { subnets: [subnet-a, subnet-b], securityGroups: [sg-a], executionRoleArn: "arn:aws:iam::001122334455:role/x" }
    endpoint: http://127.0.0.1:4566
    proxy: http://proxy.example:3128
  keys: { region: cn-north-1, credentials: { accessKeyId: AKIA, secretAccessKey: file:secret } }
  remote: { region: eu-west-1, budget: { serviceRead: { burst: 200, refill: 40.5 } }, timeouts: { answerMs: 5000 } }
  near: { region: eu-west-1, budget: off, freshMs: 500 }
  dev: { mode: local, listen: 127.0.0.1:4566, pace: real, consistencyDelayMs: 3000 }
`,
    { EXTERNAL_ID: 'x-id' },
  )
  assert.deepEqual(settings, {
    listen: { host: '::1', port: 0 },
    reusePort: true,
    data: '/var/lib/ecs-api',
    token: 'from a file',
    store: { url: undefined, key: undefined },
    oidc: {
      issuer: 'https://login.example.org',
      audience: 'ecs-api',
      nameClaim: 'sub',
      rules: [{ claim: 'groups', value: 'ops-*', role: 'operator', accounts: ['nonprod'] }],
    },
    http: {
      rateLimit: { requests: 5, seconds: 2 },
      limits: { ...defaultLimits, streamsPerToken: 20, failedLogins: 5 },
      cors: { origins: ['https://portal.example.org'] },
      tls: { cert: cert.trim(), key: key.trim() },
      trustProxy: ['10.0.0.0/8'],
    },
    logLevel: 'warn',
    metricsListen: { host: '127.0.0.1', port: 9464 },
    auditDays: 30,
    historyDays: 30,
    cacheMiB: 64,
    accounts: [
      {
        mode: 'aws',
        name: 'nonprod',
        region: 'us-gov-west-1',
        fips: true,
        credentials: { roleArn: 'arn:aws-us-gov:iam::001122334455:role/ecs-api', externalId: 'x-id' },
        defaults: {
          subnets: ['subnet-a', 'subnet-b'],
          securityGroups: ['sg-a'],
          executionRoleArn: 'arn:aws:iam::001122334455:role/x',
        },
        endpoint: 'http://127.0.0.1:4566',
        proxy: 'http://proxy.example:3128',
      },
      {
        mode: 'aws',
        name: 'keys',
        region: 'cn-north-1',
        credentials: { accessKeyId: 'AKIA', secretAccessKey: 'from a file' },
        defaults: {},
      },
      {
        mode: 'aws',
        name: 'remote',
        region: 'eu-west-1',
        credentials: {},
        defaults: {},
        budget: { serviceRead: { burst: 200, refill: 40.5 } },
        timeouts: { answerMs: 5000 },
      },
      { mode: 'aws', name: 'near', region: 'eu-west-1', credentials: {}, defaults: {}, budget: 'off', freshMs: 500 },
      { mode: 'local', name: 'dev', number: localAccountNumber('dev'), region: 'us-east-1', defaults: {} },
    ],
    engine: { pace: 'real', consistencyDelayMs: 3000, runtime: 'auto', atClose: 'stop' },
    engineListen: [{ host: '127.0.0.1', port: 4566 }],
  })
})

test('an engine can be configured to throttle as AWS does, and to inject faults', async () => {
  const settings = await read(
    'accounts: { a: { mode: local, throttle: aws, fault: ["DescribeServices=throttle:2", "*=slow:300"] }, b: { mode: local } }',
  )
  assert.equal(settings.engine.throttle, 'aws')
  assert.deepEqual(settings.engine.injectedFaults, [
    { account: localAccountNumber('a'), fault: 'DescribeServices=throttle:2' },
    { account: localAccountNumber('a'), fault: '*=slow:300' },
  ])
  // The accounts share the engine, so it throttles both.
  assert.deepEqual([settings.accounts[0]?.budget, settings.accounts[1]?.budget], [{}, {}])
  assert.equal((await read('accounts: { a: { mode: local } }')).accounts[0]?.budget, undefined)
  assert.match(
    (await faults('accounts: { a: { mode: local, fault: ["X=boom"] } }')).join(),
    /^accounts\.a\.fault\.0: expected ACTION=KIND\[:N\]/,
  )
})

test('an engine’s limit of sessions can be configured', async () => {
  const settings = await read('accounts: { a: { mode: local, sessionsPerTask: 2 }, b: { mode: local } }')
  assert.equal(settings.engine.sessionsPerTask, 2)
  assert.match(
    (await faults('accounts: { a: { mode: local, sessionsPerTask: many } }')).join(),
    /^accounts\.a\.sessionsPerTask: expected a number of sessions/,
  )
})

test('a reference that cannot be resolved is reported once, and its key does not count as missing', async () => {
  const credentials = '{ accessKeyId: env:ID, secretAccessKey: env:SECRET, sessionToken: env:SESSION }'
  assert.deepEqual(
    await faults(`accounts: { a: { region: us-east-1, credentials: ${credentials} } }`, { SECRET: 's', SESSION: 't' }),
    ['accounts.a.credentials.accessKeyId: the environment variable ID is not set'],
  )
})

test('a password in the store’s URL in the file is rejected, both before the host and in the query', async () => {
  for (const url of ['postgres://me:hush@db/ecs', 'postgres://db/ecs?user=me&password=hush']) {
    const messages = await faults(`store: ${url}\nstoreKey: env:KEY\naccounts: { a: { region: us-east-1 } }`, {
      KEY: 'a key',
    })
    assert.match(messages.join('\n'), /^store: a password must not be in the configuration file/, url)
  }
})

test('a PostgreSQL store, for several processes, needs a shared key and no local account', async () => {
  const aws = 'accounts: { nonprod: { region: us-east-1 } }'
  const settings = await read(`store: env:STORE\nstoreKey: env:KEY\n${aws}`, {
    STORE: 'postgres://me:secret@db/ecs',
    KEY: 'a key',
  })
  assert.deepEqual(settings.store, { url: 'postgres://me:secret@db/ecs', key: 'a key' })
  assert.match(
    (await faults(`store: postgres://db/ecs\n${aws}`)).join(),
    /^storeKey: missing; a PostgreSQL store needs a secret that all processes share/,
  )
  assert.match(
    (await faults('store: postgres://db/ecs\nstoreKey: file:secret')).join(),
    /^accounts\.local: a local account runs in one process/,
  )
  assert.match((await faults('storeKey: file:secret')).join(), /^storeKey: needs store, which is missing/)
})

test('the organisation boundary is a name or a tag, and applies to every account', async () => {
  const orgOf = async (text: string) => (await read(text)).accounts.map(({ boundaryTag }) => boundaryTag)
  assert.deepEqual(await orgOf('org: myorg'), [{ key: 'ecs-api:org', value: 'myorg' }])
  assert.deepEqual(await orgOf('org: { key: Team, value: Web Shop }'), [{ key: 'Team', value: 'Web Shop' }])
  assert.deepEqual((await read('', { ECS_API_ORG: 'theirs' })).accounts[0]?.boundaryTag, {
    key: 'ecs-api:org',
    value: 'theirs',
  })
  assert.match((await faults('org: { key: aws:org, value: x }')).join(), /org\.key: expected the key of a tag/)
})

test('JSON is accepted as well as YAML', async () => {
  assert.equal((await read('{"listen": "127.0.0.1:9000"}')).listen.port, 9000)
})

test('all faults are reported at once, by path, with the expected value', async () => {
  assert.deepEqual(
    await faults(`
listn: 127.0.0.1:8000
data: 7
org: what?!
accounts:
  ping: { mode: local }
  "001122334455": { mode: local }
  Prod: { mode: local }
  a: { region: us-east, credentails: {}, defaults: { subnets: subnet-a, kmsKeyId: x } }
  b: { credentials: { accessKeyId: AKIA, secretAccessKey: literal }, guardrails: { maxCpu: lots } }
  c: { mode: remote, region: us-east-1, fips: yes please }
  b2: { region: us-east-1, budget: { serviceRed: {} }, timeouts: { answerMs: 0 } }
  d: { mode: local, credentials: {}, pace: 3 }
  e: nothing
  f: { region: us-east-1, credentials: { roleArn: me, externalId: env:NOT_SET } }
  g: { mode: local, listen: 127.0.0.1:70000, consistencyDelayMs: 5 }
  h: { mode: local, consistencyDelayMs: 6 }
  i: { region: us-east-1, runtime: podman }
`),
    [
      'listn: unknown key; did you mean listen?',
      'data: expected the path of a folder',
      'org: expected a name such as myorg, or key and value of a tag',
      'accounts.e: expected a map: an account',
      'accounts.ping: ping is reserved for paths of the API; use another name',
      'accounts.001122334455: the name of an account must not be its number; use a word',
      'accounts.Prod: a name must have 1 to 63 lower-case letters, digits and -',
      'accounts.a.credentails: unknown key; did you mean credentials?',
      'accounts.a.region: expected an AWS Region such as us-east-1',
      'accounts.a.defaults.subnets: expected a list of subnet ids',
      'accounts.a.defaults.kmsKeyId: not built yet',
      'accounts.b.region: missing; expected an AWS Region such as us-east-1',
      'accounts.b.guardrails.maxCpu: expected CPU units, such as 4096',
      'accounts.b.credentials.secretAccessKey: a secret must not be in the configuration file; expected env:NAME or file:PATH',
      'accounts.c.mode: expected aws or local',
      'accounts.c.fips: expected true or false',
      'accounts.b2.budget: expected off, or a map from groups of actions to burst and refill',
      'accounts.b2.budget.serviceRed: unknown key; did you mean serviceRead?',
      'accounts.b2.timeouts.answerMs: expected milliseconds, from 1 to 600000',
      'accounts.d.credentials: only accounts with `mode: aws` have this key',
      'accounts.d.pace: expected instant, fast or real',
      'accounts.f.credentials.roleArn: expected the ARN of an IAM role',
      'accounts.f.credentials.externalId: the environment variable NOT_SET is not set',
      'accounts.i.runtime: only accounts with `mode: local` have this key',
      'accounts.g.listen: the port must be at most 65535',
      'accounts.h.consistencyDelayMs: all local accounts share one engine, and g sets 5',
    ],
  )
})

test('a file that is missing, not YAML, or not a map is reported', async () => {
  assert.match((await faults('a: [1')).join(), /line 1/)
  assert.deepEqual(await faults('- 1'), [': expected a map of keys'])
  assert.match((await faults('a: 1\na: 2')).join(), /unique/)
  await assert.rejects(
    readConfiguration({ file: join(folder, 'none.yaml'), environment: {} }),
    /cannot be read \(ENOENT\)/,
  )
})

test('a map, or a list of maps, is JSON in an environment variable', async () => {
  const rule = { claim: 'groups', value: 'ops-*', role: 'operator' }
  const { oidc, accounts, cacheMiB } = await read('', {
    ECS_API_OIDC_ISSUER: 'https://login.example.org',
    ECS_API_OIDC_AUDIENCE: 'ecs-api',
    ECS_API_OIDC_RULES: JSON.stringify([rule]),
    ECS_API_ORG: '{"key": "Team", "value": "Web Shop"}',
    ECS_API_VIEWS_MIB: '5',
    ECS_API_ACCOUNTS_A_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_A_BUDGET: '{"serviceRead": {"burst": 200, "refill": 40.5}}',
    ECS_API_ACCOUNTS_A_DEFAULTS_SUBNETS: '["subnet-a", "subnet-b"]',
  })
  assert.deepEqual(oidc?.rules, [rule])
  assert.equal(cacheMiB, 5)
  assert.deepEqual(accounts, [
    {
      mode: 'aws',
      name: 'a',
      region: 'us-east-1',
      credentials: {},
      defaults: { subnets: ['subnet-a', 'subnet-b'] },
      budget: { serviceRead: { burst: 200, refill: 40.5 } },
      boundaryTag: { key: 'Team', value: 'Web Shop' },
    },
  ])
  assert.deepEqual(await faults('', { ECS_API_ORG: '{"key": ' }), [
    'org: expected a name such as myorg, or key and value of a tag',
  ])
})

test('an invalid certificate, key or network is reported before anything starts', async () => {
  const [one, other] = [createSelfSignedCertificate(), createSelfSignedCertificate()]
  for (const [name, text] of Object.entries({
    'one.pem': one.cert,
    'one.key': one.key,
    'other.key': other.key,
    'no.pem': 'no PEM',
  }))
    writeFileSync(join(folder, name), text)
  const tls = (cert: string, key: string) => faults(`tls: { cert: "file:${cert}", key: "file:${key}" }`)
  assert.deepEqual(await tls('no.pem', 'no.pem'), [
    'tls.cert: expected a certificate in PEM',
    'tls.key: expected a key in PEM, without a passphrase',
  ])
  assert.deepEqual(await tls('one.pem', 'other.key'), ['tls.key: is not the key of the certificate tls.cert'])
  assert.match((await tls('none.pem', 'one.key')).join(), /^tls\.cert: the file none\.pem cannot be read \(ENOENT\)$/)
  assert.deepEqual(await faults('accounts: { a: { region: us-east-1, ca: "file:no.pem" } }'), [
    'accounts.a.ca: expected a certificate in PEM',
  ])
  assert.deepEqual(await faults('trustProxy: [10.0.0.0/8, "2001:db8::/32", 127.0.0.1, 10.0.0.0/99, "1.2"]'), [
    'trustProxy.3: expected an address or a network such as 10.0.0.0/8',
    'trustProxy.4: expected an address or a network such as 10.0.0.0/8',
  ])
})

test('every key is also an environment variable, which takes precedence over the file', async () => {
  const settings = await read('accounts: { non-prod: { region: us-east-1 } }', {
    ECS_API_LISTEN: '127.0.0.1:0',
    ECS_API_TOKEN: 'a literal token',
    ECS_API_ACCOUNTS_NON_PROD_REGION: 'eu-west-1',
    ECS_API_ACCOUNTS_NON_PROD_CREDENTIALS_SECRET_ACCESS_KEY: 'literal',
    ECS_API_ACCOUNTS_NON_PROD_CREDENTIALS_ACCESS_KEY_ID: 'AKIA',
    ECS_API_ACCOUNTS_NON_PROD_DEFAULTS_SUBNETS: 'subnet-a, subnet-b',
    ECS_API_ACCOUNTS_OTHER_MODE: 'local',
    ECS_API_ACCOUNTS_OTHER_CONSISTENCY_DELAY_MS: '20',
    ECS_API_SERVICE_HOST: 'set by Kubernetes for a Service of this name',
  })
  assert.equal(settings.token, 'a literal token')
  assert.equal(settings.listen.port, 0)
  assert.equal(settings.engine.consistencyDelayMs, 20)
  assert.deepEqual(settings.accounts, [
    {
      mode: 'aws',
      name: 'non-prod',
      region: 'eu-west-1',
      credentials: { secretAccessKey: 'literal', accessKeyId: 'AKIA' },
      defaults: { subnets: ['subnet-a', 'subnet-b'] },
    },
    { mode: 'local', name: 'other', number: localAccountNumber('other'), region: 'us-east-1', defaults: {} },
  ])
  assert.deepEqual(
    await faults('', { ECS_API_LISTNE: 'x', ECS_API_ACCOUNTS_A_REGON: 'x', ECS_API_ACCOUNTS_B_REGION: 'nowhere' }),
    [
      'ECS_API_LISTNE: no key has this variable; did you mean ECS_API_LISTEN?',
      'ECS_API_ACCOUNTS_A_REGON: no key has this variable',
      'accounts.b.region: expected an AWS Region such as us-east-1',
    ],
  )
})
