/** One call of every command of the table, for tests that run all of them on a terminal and through a pipe. */

export interface Place {
  api: Record<'post' | 'patch', (path: string, body: object) => Promise<unknown>>
  url: string
  token: string
  account: string
  /** Unique, also as the name of a token or a task definition. */
  unique: string
  isTerminal: boolean
  /** A task that runs. */
  task: string
  /** A task whose image could not be pulled. */
  failed: string
}

export interface CommandCall {
  args: (at: Place) => readonly string[]
  before?: (at: Place) => Promise<unknown>
  stdin?: string | ((at: Place) => string)
  /** The question and its answer on a terminal; a pipe gets `--yes` instead. */
  asks?: readonly [question: RegExp, answer: (at: Place) => string]
  /** A command that runs until Ctrl-C: the output after which it is pressed. */
  until?: RegExp
  /** Default: 0. */
  code?: number
  /** The whole result in a pipe. */
  stdout: RegExp
  /** The whole of stderr in a pipe; default: nothing. */
  stderr?: RegExp
  /** Output of the command on a terminal; default: the same as `stdout`. */
  screen?: RegExp
  /** The output is a file or a log, which no terminal lays out. */
  isUnlimited?: boolean
  /** Other variables than those of the gateway's users. */
  env?: Record<string, string>
}

const time = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'
const yes: CommandCall['asks'] = [/\[y\/N\]/, () => 'y']
const typed = (name: string): CommandCall['asks'] => [new RegExp(`\\(${name}\\):`), () => name]
const verdict = (name: string) =>
  new RegExp(`^(${time} .+\\n)+✓ \\S+/${name} runs web:\\d+: \\d of \\d tasks running after 0:\\d\\d\\.\\n$`)
const planned = (name: string) => new RegExp(`\\n${time}[\\s\\S]*${verdict(name).source.slice(1)}`)
const deletion = /^De(lete|register) .+:\n( {2}~ \/.+ → .+\n)+( {2}.+\n)+$/
const table = (...headers: string[]) => new RegExp(`^ *${headers.join(' +')}( +[A-Z]+)*\\n(.+\\n)+$`)
const fields = (...labels: string[]) => new RegExp(`^${labels.map((label) => `${label} +\\S.*\\n(.+\\n)*`).join('')}$`)
const service = (at: Place, name: string) =>
  at.api.post(`/${at.account}/clusters/prod/services?wait=STABLE`, { name, taskDefinition: 'web', count: 1 })
const server = {
  ECS_API_LISTEN: '127.0.0.1:0',
  ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
  ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
}
const serverUrl = /http:\/\/127\.0\.0\.1:\d+/

export const commandCalls: Readonly<Record<string, CommandCall>> = {
  status: {
    args: () => ['status'],
    stdout:
      /^\S+ {2}\w+ {2}\d+ services? needs? attention in the cluster prod\.\n( {2}\S+ {2}\w+ {2}.+\n( +\S.*\n)*)*$/,
    stderr: /^Why: ecs-api why \S+\n$/,
    screen:
      /^\S+ {2}\w+ {2}\d+ services? needs? attention in the cluster prod\.\n( {2}\S+ {2}\w+ {2}.+\n( +\S.*\n)*)*Why: ecs-api why \S+\n$/,
  },
  deploy: {
    args: () => ['deploy', 'www', '--image', 'nginx:1.30'],
    asks: yes,
    stdout: fields('service', 'state', 'tasks'),
    stderr: planned('www'),
    screen: /web:\d +■■[\s\S]*✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  rollback: {
    args: () => ['rollback', 'www'],
    asks: yes,
    stdout: fields('service', 'state', 'tasks'),
    stderr: planned('www'),
    screen: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  scale: {
    before: (at) => service(at, 'scaled'),
    args: () => ['scale', 'scaled', '2'],
    stdout: fields('service', 'state', 'tasks'),
    stderr: verdict('scaled'),
    screen: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  restart: {
    args: () => ['restart', 'www'],
    stdout: fields('service', 'state', 'tasks'),
    stderr: verdict('www'),
    screen: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  stop: {
    before: (at) => service(at, 'stopped'),
    args: (at) => ['stop', at.task],
    asks: yes,
    stdout: fields('task', 'state'),
  },
  run: {
    args: () => ['run', 'ends', '--wait'],
    stdout: table('TASK', '(CLUSTER +)?GROUP', 'STATUS'),
    stderr: new RegExp(`^(${time} .+\\n)+✓ ends:1 ended after 0:\\d\\d, exit 0\\.\\nIts log: ecs-api logs \\S+\\n$`),
    screen: /✓ ends:1 ended[\s\S]*TASK +/,
  },
  logs: {
    args: (at) => ['logs', `remote/${at.unique}/logged`],
    stdout: new RegExp(`^(${time} [0-9a-f]{8} web {2}line \\d\\n){3}$`),
  },
  why: {
    args: (at) => ['why', at.failed],
    stdout: /^\w+ {2}.+\n[\s\S]*pull access denied[\s\S]*ecs-api help \w+\n/,
    screen: /^\w+ {2}.+\n[\s\S]*pull access[\s\S]*ecs-api help \w+\n/,
  },
  events: {
    args: () => ['events', 'www'],
    stdout: new RegExp(`^AT +EVENT\\n(${time} {2}.+\\n)+$`),
    screen: /^AT +EVENT\n(.+ ago {2}.+\n( +\S.*\n)*)+$/,
  },
  exec: {
    args: () => ['exec', 'remote/prod/0123456789abcdef0123456789abcdef', '--', 'env'],
    stdout: /^A=1\r\n$/,
    screen: /^A=1\n$/,
  },
  metrics: { args: () => ['metrics', 'www'], stdout: /^METRIC +STATISTIC +UNIT +NOW +LEAST +MOST +COURSE\n(.+\n)+$/ },
  watch: {
    args: () => ['watch', 'www'],
    stdout: fields('service', 'state', 'tasks'),
    stderr: verdict('www'),
    screen: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  diff: {
    args: () => ['diff', 'www', '1', '2'],
    stdout: /^Release 1 → 2:\n(.+\n)*~ \/containers\/web\/image {2}nginx\S+ →(.|\n)+$/,
    screen: /^Release 1 → 2:\n(.+\n)*~ \/containers\/web\/image {2}nginx/,
  },
  'services list': { args: () => ['services', 'list'], stdout: table('SERVICE', 'STATE', 'TASKS') },
  'services get': { args: () => ['services', 'get', 'www'], stdout: fields('service', 'state', 'tasks', 'arn') },
  'services create': {
    args: () => ['services', 'create', 'made', '--task-definition', 'web', '--count', '0'],
    stdout: fields('service', 'state', 'tasks'),
    stderr: /^The circuit breaker is off: .+\n$/,
  },
  'services update': {
    args: () => ['services', 'update', 'made', '-f', '-'],
    stdin: 'tags: {by: test}\n',
    stdout: fields('service', 'tags'),
  },
  'services delete': {
    args: () => ['services', 'delete', 'made'],
    asks: typed('made'),
    stdout: fields('service', 'state'),
    stderr: deletion,
    screen: /→[\s\S]*\n\w+ +/,
  },
  'tasks list': { args: () => ['tasks', 'list'], stdout: table('TASK', '(CLUSTER +)?GROUP', 'STATUS') },
  'tasks get': { args: (at) => ['tasks', 'get', at.task], stdout: fields('task', 'state', 'container', 'arn') },
  'taskdefs list': { args: () => ['taskdefs', 'list'], stdout: table('DEFINITION', 'FAMILY', 'REVISION', 'STATUS') },
  'taskdefs get': { args: () => ['taskdefs', 'get', 'web:1'], stdout: fields('definition', 'status', 'container') },
  'taskdefs create': {
    args: () => ['taskdefs', 'create', '-f', '-'],
    stdin: 'family: made\ncontainerDefinitions:\n  - {name: web, image: "nginx:1.29"}\n',
    stdout: fields('definition', 'status', 'container'),
  },
  'taskdefs delete': {
    args: () => ['taskdefs', 'delete', 'made:1'],
    asks: yes,
    stdout: fields('definition', 'status', 'container'),
    stderr: deletion,
    screen: /→[\s\S]*\n\w+ +/,
  },
  'clusters list': { args: () => ['clusters', 'list'], stdout: table('CLUSTER', 'STATUS', 'SERVICES') },
  'clusters get': {
    args: () => ['clusters', 'get', 'prod'],
    stdout: fields('cluster', 'status', 'tasks', 'arn'),
  },
  'clusters create': {
    args: () => ['clusters', 'create', 'made'],
    stdout: fields('cluster', 'status', 'tasks'),
  },
  'clusters update': {
    args: () => ['clusters', 'update', 'made', '-f', '-'],
    stdin: 'tags: {by: test}\n',
    stdout: fields('cluster', 'status', 'tags'),
  },
  'clusters delete': {
    args: () => ['clusters', 'delete', 'made'],
    asks: typed('made'),
    stdout: fields('cluster', 'status'),
    stderr: deletion,
    screen: /→[\s\S]*\n\w+ +/,
  },
  'deployments list': { args: () => ['deployments', 'list', 'www'], stdout: table('DEPLOYMENT', 'STATUS', 'STARTED') },
  'deployments get': { args: () => ['deployments', 'get', 'www'], stdout: fields('deployment', 'state', 'arn') },
  'deployments stop': {
    before: ({ api, account }) => api.patch(`/${account}/clusters/prod/services/www`, { taskDefinition: 'slow' }),
    args: () => ['deployments', 'stop', 'www'],
    asks: yes,
    stdout: fields('deployment', 'state'),
  },
  'deployments continue': {
    args: () => ['deployments', 'continue', 'remote/prod/www', 'paused'],
    stdout: fields('deployment', 'state'),
  },
  'releases list': {
    args: () => ['releases', 'list', 'www'],
    stdout: table('RELEASE', 'NOW', 'OUTCOME', 'DEFINITION'),
  },
  'releases get': { args: () => ['releases', 'get', 'www', '1'], stdout: fields('release', 'outcome', 'image', 'by') },
  'accounts list': { args: () => ['accounts', 'list'], stdout: table('ACCOUNT', 'REGION', 'MODE', 'RUNTIME', 'STATE') },
  'accounts get': { args: () => ['accounts', 'get', 'local'], stdout: fields('account', 'region', 'state') },
  'audit list': { args: () => ['audit', 'list'], stdout: table('AT', 'CALLER', 'METHOD', 'PATH') },
  'tokens list': { args: () => ['tokens', 'list'], stdout: table('TOKEN', 'ROLE', 'PERMISSIONS') },
  'tokens get': { args: () => ['tokens', 'get', 'ci'], stdout: fields('token', 'role', 'created') },
  'tokens create': {
    args: (at) => ['tokens', 'create', `made-${at.unique}`],
    stdout: fields('token', 'role', 'value'),
    stderr: /^Store the value now: it is not shown again\.\n$/,
  },
  'tokens rotate': {
    args: (at) => ['tokens', 'rotate', `made-${at.unique}`],
    asks: yes,
    stdout: fields('token', 'role', 'value'),
    stderr: /^Store the value now: it is not shown again\.\n$/,
  },
  'tokens delete': {
    args: (at) => ['tokens', 'delete', `made-${at.unique}`],
    asks: [/\(made-\S+\):/, (at) => `made-${at.unique}`],
    stdout: fields('token', 'role'),
  },
  login: {
    args: ({ url, isTerminal }) => ['login', url, '--name', 'made', ...(isTerminal ? [] : ['--token-stdin'])],
    stdin: (at) => at.token,
    asks: [/Token for/, (at) => at.token],
    stdout: /^Signed in to \S+ as admin \(admin\), profile made\.\n$/,
    stderr: /^Next: .+\n$/,
    screen: /Signed in to \S+ as admin \(admin\), profile made\.\nNext: /,
  },
  use: { args: (at) => ['use', `${at.account}/prod`], stdout: /^Profile made uses \S+\/prod\.\n$/ },
  open: {
    args: () => ['open', 'prod/www', '--print'],
    stdout: /^http:\/\/127\.0\.0\.1:\d+\/console\/\S+\/clusters\/prod\/services\/www#code=[\w-]{43}\n$/,
    isUnlimited: true,
  },
  whoami: { args: () => ['whoami'], stdout: fields('token', 'role', 'permissions', 'accounts', 'gateway', 'profile') },
  logout: { args: () => ['logout'], stdout: /^The token of profile made is removed\.\n$/ },
  api: { args: () => ['api', 'GET', '/v1/ecs/me'], stdout: /^\{\n {2}"name": "admin",[\s\S]*\n\}\n$/ },
  doctor: { args: () => ['doctor'], stdout: /^(ok|failed) +gateway[\s\S]*ok +account local/ },
  completion: {
    args: () => ['completion', 'bash'],
    isUnlimited: true,
    stdout: /^# bash[\s\S]*complete -o default -F _ecs_api ecs-api\n$/,
  },
  complete: { args: () => ['complete', '--', 'roll'], stdout: /^rollback\trestore an earlier release\n$/ },
  version: {
    args: () => ['version'],
    stdout: /^ecs-api {2}\d+\.\d+\.\d+.*\ngateway {2}\d+\.\d+\.\d+ \(.+\) at http:.+\n$/,
    screen: /^ecs-api {2}\d+\.\d+\.\d+.*\ngateway {2}\d+\.\d+\.\d+ \(.+\)/,
  },
  help: { args: () => ['help'], stdout: /^ecs-api: [\s\S]*Daily:[\s\S]*The service:/ },
  serve: { args: () => ['serve'], env: server, isUnlimited: true, until: serverUrl, stdout: serverUrl },
  check: { args: () => ['check'], env: server, stdout: /./ },
  store: { args: () => ['store', 'export'], env: server, isUnlimited: true, stdout: /^(\{.+\}\n)+$/ },
  'local-aws': { args: () => ['local-aws', '--help'], stdout: /./ },
}
