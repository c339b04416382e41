import { CheckField } from './fields.tsx'
import { joinedWords, LinkedField, wordsIn } from './linked-field.tsx'

export interface Network {
  subnets: string[]
  securityGroups: string[]
  assignPublicIp: boolean
}

/**
 * The fields of the network of a service's tasks. The member names are the API's shorthand for `awsvpcConfiguration`.
 */
export function NetworkFields({
  network,
  help,
  onChange,
}: {
  network: Network
  /** The text below the subnets: the subnets that apply when the field is empty. */
  help?: string
  onChange: <K extends keyof Network>(name: K, value: Network[K]) => void
}) {
  return (
    <>
      <LinkedField
        id="subnets"
        label="Subnets"
        help={help}
        isMono
        placeholder="subnet-0a1b2c3d4e5f67890"
        value={network.subnets}
        format={joinedWords}
        parse={wordsIn}
        onChange={(value) => onChange('subnets', value)}
      />
      <LinkedField
        id="groups"
        label="Security groups"
        isMono
        placeholder="sg-0a1b2c3d4e5f67890"
        value={network.securityGroups}
        format={joinedWords}
        parse={wordsIn}
        onChange={(value) => onChange('securityGroups', value)}
      />
      <CheckField
        label="Give each task a public address"
        checked={network.assignPublicIp}
        onChange={(checked) => onChange('assignPublicIp', checked)}
      />
    </>
  )
}
