/** The pages of /docs that are made from files in the folder docs: their names, titles and addresses. */
export interface DocPage {
  title: string
  /** In the folder docs. */
  file: string
  address: string
}

/** In the order in which a new user needs them. */
const guideTitles = {
  console: 'The console',
  'first-service': 'A first service',
  'deploy-from-ci': 'Deploy from CI',
  'find-out-why': 'Find out why',
  'read-logs': 'Read logs',
  'open-a-terminal': 'Open a terminal',
  'roll-back': 'Roll back',
  'many-accounts': 'Many accounts',
}
const conceptTitles = {
  glossary: 'The words of ECS and of the gateway',
  'simulated-runtime': 'Simulated containers, and how to make one fail',
  containers: 'Real containers',
  'local-aws': 'The embedded engine',
  diagnosis: 'Why a service does not run',
  plans: 'Plans',
  releases: 'Releases and rollback',
  logs: 'Logs',
  metrics: 'Metrics',
  terminal: 'Terminals',
  'fresh-and-live': 'Fresh and live data',
  configuration: 'Configuration',
  access: 'Tokens, sign-in and the audit log',
  'security-model': 'The security model',
  cli: 'The command line',
  client: 'The typed client',
  operating: 'Operating the gateway',
  comparison: "Beside ECS's own tools",
  limits: 'Limits',
}

const pagesOf = (folder: string, titles: Readonly<Record<string, string>>, fileOf: (name: string) => string) =>
  new Map(
    Object.entries(titles).map(([name, title]): [string, DocPage] => [
      name,
      { title, file: fileOf(name), address: `/docs/${folder}/${name}` },
    ]),
  )

export const guides: ReadonlyMap<string, DocPage> = pagesOf('guides', guideTitles, (name) =>
  name === 'console' ? 'console.md' : `guides/${name}.md`,
)
export const concepts: ReadonlyMap<string, DocPage> = pagesOf('concepts', conceptTitles, (name) => `${name}.md`)

/** The links of every page of /docs. @param pageLinks further links, which only this page has */
export function siteNavigation(pageLinks = ''): string {
  const links = [
    ['/', '← Console'],
    ['/docs', 'Documentation'],
    ['/docs/guides', 'Guides'],
    ['/docs/reference', 'Reference'],
    ['/docs/problems', 'Problems'],
    ['/docs/causes', 'Causes'],
  ]
  return links.map(([to, label]) => `<a href="${to}">${label}</a>`).join('') + pageLinks
}
