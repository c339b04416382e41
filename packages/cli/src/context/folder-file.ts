/** Reads the `.ecs-api.yaml` of a folder, or of the nearest parent that has one. The file cannot contain a token. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readYaml } from './read-yaml.ts'

export interface FolderFile {
  /** The path of the file. */
  file: string
  url?: string
  account?: string
  cluster?: string
  service?: string
  confirm?: 'always'
}

export function findFolderFile(folder: string): FolderFile | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const file = join(current, '.ecs-api.yaml')
    if (existsSync(file)) {
      const kinds = { url: 'text', account: 'text', cluster: 'text', service: 'text', confirm: ['always'] } as const
      return { file, ...readYaml(file, kinds) }
    }
    if (dirname(current) === current) return undefined
  }
}
