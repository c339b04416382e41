import { shellWord } from './shell-command.ts'

/** The request as a command of curl, with the token in the variable `TOKEN`. */
export function curlCommand(method: string, path: string, body?: unknown): string {
  const parts = ['curl', ...(method === 'GET' ? [] : ['-X', method]), shellWord(location.origin + path)]
  parts.push('-H "Authorization: Bearer $TOKEN"')
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", '-d', shellWord(JSON.stringify(body)))
  return parts.join(' ')
}
