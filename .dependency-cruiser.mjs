// The house's walls (who may import whom). A row forbids; what no row names is allowed.
const gateway = 'packages/gateway/src'
const resource = [
  'clusters',
  'task-definitions',
  'tasks',
  'services',
  'logs',
  'metrics',
  'releases',
  'exec',
  'accounts',
  'tokens',
  'audit',
]
const rooms = [
  ...resource,
  'http',
  'access',
  'history',
  'aws',
  'config',
  'shapes',
  'store',
  'cache',
  'own-writes',
  'commands',
  'process',
  'events',
  'problems',
  'telemetry',
  'fuzz',
  'peers',
  'typebox',
  'diagnosis',
]

/** Everything in the gateway but the rooms named. */
const othersThan = (...allowed) => `^${gateway}/(?!(${allowed.join('|')})/)`
const room = (name) => `^${gateway}/${name}/`
const may = (from, ...to) => ({
  name: `gateway-${from}`,
  comment: `gateway/${from} may import ${to.join(', ') || 'nothing else of the gateway'}`,
  severity: 'error',
  from: { path: room(from), pathNot: '\\.test\\.ts$' },
  to: { path: othersThan(from, ...to) },
})
const bottom = ['problems', 'typebox']
const under = ['http', 'access', 'history', 'cache', 'own-writes', 'shapes', 'aws', 'store', ...bottom]

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^packages/', pathNot: '(\\.test\\.ts|\\.d\\.ts|/main\\.ts)$' },
      to: {},
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-tests-from-code',
      severity: 'error',
      from: { pathNot: '(^bench/|\\.test\\.ts$|/testing/|/fuzz/)' },
      to: { path: '(\\.test\\.ts$|/testing/)' },
    },
    {
      name: 'ecs-model-is-the-bottom',
      severity: 'error',
      from: { path: '^packages/ecs-model/' },
      to: { path: '^packages/(?!ecs-model/)' },
    },
    {
      name: 'engine-knows-no-gateway',
      severity: 'error',
      from: { path: '^packages/local-aws/' },
      to: { path: '^packages/(?!local-aws/|ecs-model/)' },
    },
    {
      name: 'client-by-itself',
      comment: 'the client runs in browsers and has no dependencies',
      severity: 'error',
      from: { path: '^packages/client/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/client/src/' },
    },
    {
      name: 'client-words-by-themselves',
      severity: 'error',
      from: { path: '^packages/client/src/words/' },
      to: { pathNot: '^packages/client/src/(words/|resources\\.ts)' },
    },
    {
      name: 'packages-by-their-front-door',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/(?!index\\.ts)', pathNot: '^packages/$1/' },
    },
    {
      name: 'engine-by-commands-and-process',
      severity: 'error',
      from: { path: `^${gateway}/(?!commands/|process/)[^/]+/`, pathNot: '(\\.test\\.ts$|/testing/|/fuzz/)' },
      to: { path: '^packages/local-aws/' },
    },
    {
      name: 'engine-service-by-its-front',
      severity: 'error',
      from: {
        path: '^packages/local-aws/src/(ecs|sts|cloudwatch|logs|secrets-manager|ssm|events|sqs|iam|ec2|tagging|kms)/',
        pathNot: '\\.test\\.ts$',
      },
      to: {
        path: '^packages/local-aws/src/(ecs|sts|cloudwatch|logs|secrets-manager|ssm|events|sqs|iam|ec2|tagging|kms)/(?!service\\.ts)',
        pathNot: '^packages/local-aws/src/$1/',
      },
    },
    {
      name: 'runtimes-for-ecs-only',
      severity: 'error',
      from: { path: '^packages/local-aws/src/(?!ecs/|runtimes/)[^/]+/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '^packages/local-aws/src/runtimes/' },
    },
    {
      name: 'engine-ground',
      severity: 'error',
      from: { path: '^packages/local-aws/src/(protocol|storage|runtimes)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/local-aws/src/(?!protocol/|storage/|runtimes/)' },
    },
    may('problems'),
    may('typebox'),
    may('shapes', ...bottom),
    may('telemetry', ...bottom),
    may('aws', 'own-writes', ...bottom),
    may('store', ...bottom),
    may('access', 'store', ...bottom),
    may('history', 'store', ...bottom),
    may('http', 'store', ...bottom),
    may('peers', 'store', ...bottom),
    may('own-writes', ...bottom),
    may('cache', 'own-writes', 'aws', 'shapes', 'store', ...bottom),
    may('events', 'aws', 'cache', ...bottom),
    may('config', ...bottom),
    may('accounts', 'events', ...under),
    may('tokens', ...under),
    may('audit', ...under),
    may('clusters', ...under),
    may('task-definitions', 'clusters', ...under),
    may('tasks', 'task-definitions', 'clusters', ...under),
    may('exec', 'services', 'tasks', 'task-definitions', 'clusters', ...under),
    may('services', 'tasks', 'task-definitions', 'clusters', ...under),
    may('logs', 'services', 'tasks', 'task-definitions', 'clusters', ...under),
    may('metrics', 'services', 'tasks', 'task-definitions', 'clusters', ...under),
    may('diagnosis', 'logs', 'services', 'tasks', 'task-definitions', 'clusters', ...under),
    may('releases', 'services', 'tasks', 'task-definitions', 'clusters', ...under),
    {
      name: 'known-rooms',
      severity: 'error',
      from: { path: `^${gateway}/[^/]+\\.ts$`, pathNot: '\\.test\\.ts$' },
      to: { path: othersThan(...rooms), pathNot: `^${gateway}/[^/]+\\.ts$` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
}
