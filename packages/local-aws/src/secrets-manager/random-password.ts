/** GetRandomPassword. */
import { randomInt } from 'node:crypto'
import type { GetRandomPasswordRequest, GetRandomPasswordResponse } from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import type { SecretsContext } from './secret-record.ts'

export const passwordActions = { GetRandomPassword: getRandomPassword } satisfies JsonActions<SecretsContext>

// Source: API Reference, GetRandomPassword, ExcludePunctuation.
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

function getRandomPassword(
  _: SecretsContext,
  input: AwsJson<GetRandomPasswordRequest>,
): AwsJson<GetRandomPasswordResponse> {
  const { PasswordLength = 32, ExcludeCharacters = '', RequireEachIncludedType = true } = input
  const kinds = [
    input.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    input.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    input.ExcludeNumbers ? '' : '0123456789',
    input.ExcludePunctuation ? '' : PUNCTUATION,
    input.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0)
  const all = kinds.flat()
  // These two texts were not recorded from AWS.
  if (all.length === 0)
    throw new AwsError('InvalidParameterException', 'No characters remain to generate the password with.')
  if (RequireEachIncludedType && kinds.length > PasswordLength)
    throw new AwsError(
      'InvalidParameterException',
      'The password length is too short to include a character of each required type.',
    )
  const required = RequireEachIncludedType ? kinds.map(randomCharacter) : []
  const others = Array.from({ length: PasswordLength - required.length }, () => randomCharacter(all))
  return { RandomPassword: shuffled([...required, ...others]).join('') }
}

function randomCharacter(characters: readonly string[]): string {
  return characters[randomInt(characters.length)]!
}

function shuffled(characters: string[]): string[] {
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1)
    const swapped = characters[i]!
    characters[i] = characters[j]!
    characters[j] = swapped
  }
  return characters
}
