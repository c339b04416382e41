/** `.ecs-api.yaml` of this folder or the nearest parent. It never holds a token. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readYaml } from './read-yaml.ts'

export interface FolderFile {
  file: string
  url?: string
  account?: string
  cluster?: string
  service?: string
  confirm?: 'always'
}

export function findFolderFile(folder: string): FolderFile | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, '.ecs-api.yaml')
    if (existsSync(file)) {
      const kinds = { url: 'text', account: 'text', cluster: 'text', service: 'text', confirm: ['always'] } as const
      return { file, ...readYaml(file, kinds) }
    }
    if (dirname(at) === at) return undefined
  }
}
