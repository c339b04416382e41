import type { Service } from '@ecs-api/client'
import { useServices } from '../live/queries.ts'
import { CheckField, errorAt, SelectField } from './fields.tsx'
import { isSameJson, joinWithCommas, ParsedTextField, splitIntoWords } from './parsed-field.tsx'

export interface Network {
  subnets: string[]
  securityGroups: string[]
  assignPublicIp: boolean
}

/** The network of a service's tasks; without subnets when the service has none. */
export function networkOf({ networkConfiguration }: Pick<Service, 'networkConfiguration'>): Network {
  const { subnets = [], securityGroups = [], assignPublicIp } = networkConfiguration?.awsvpcConfiguration ?? {}
  return {
    subnets: [...subnets],
    securityGroups: [...securityGroups],
    assignPublicIp: assignPublicIp === 'ENABLED',
  }
}

/**
 * The fields of the network of a service's tasks. The member names are the API's shorthand for `awsvpcConfiguration`.
 */
export function NetworkFields({
  account,
  currentService,
  network,
  help,
  requestError,
  onChange,
}: {
  account: string
  /** The service whose network this is, as `cluster/name`; undefined for a new one. */
  currentService?: string
  network: Network
  /** The text below the subnets: the subnets that apply when the field is empty. */
  help?: string
  requestError?: unknown
  onChange: (change: Partial<Network>) => void
}) {
  return (
    <>
      <OtherNetworkField account={account} currentService={currentService} network={network} onChange={onChange} />
      <ParsedTextField
        id="subnets"
        label="Subnets"
        help={help}
        error={errorAt(requestError, '/subnets')}
        isMonospace
        placeholder="subnet-0a1b2c3d4e5f67890"
        value={network.subnets}
        format={joinWithCommas}
        parse={splitIntoWords}
        onChange={(subnets) => onChange({ subnets })}
      />
      <ParsedTextField
        id="groups"
        label="Security groups"
        error={errorAt(requestError, '/securityGroups')}
        isMonospace
        placeholder="sg-0a1b2c3d4e5f67890"
        value={network.securityGroups}
        format={joinWithCommas}
        parse={splitIntoWords}
        onChange={(securityGroups) => onChange({ securityGroups })}
      />
      <CheckField
        label="Give each task a public address"
        checked={network.assignPublicIp}
        onChange={(assignPublicIp) => onChange({ assignPublicIp })}
      />
    </>
  )
}

/** The choice of another service, whose network fills all fields. Absent when no other service has a network. */
function OtherNetworkField({
  account,
  currentService,
  network,
  onChange,
}: {
  account: string
  currentService: string | undefined
  network: Network
  onChange: (network: Network) => void
}) {
  const networks = networksOf(useServices(account).data ?? [], currentService)
  if (networks.length === 0) return null
  const chosen = networks.find((each) => isSameJson(each.network, network))
  return (
    <SelectField
      id="other-network"
      label="As another service"
      value={chosen?.services[0] ?? ''}
      options={[
        ['', chosen ? 'Choose…' : 'Choose a service to copy its network…'],
        ...networks.map(({ services }) => [services[0]!, copiedFromText(services)] as const),
      ]}
      onChange={(service) => {
        const copied = networks.find(({ services }) => services[0] === service)
        if (copied) onChange(copied.network)
      }}
    />
  )
}

/** The different networks of the other services, each with the services that have it. */
function networksOf(services: readonly Service[], currentService: string | undefined) {
  const networks = new Map<string, { network: Network; services: string[] }>()
  for (const service of services) {
    const name = `${service.cluster}/${service.name}`
    const network = networkOf(service)
    if (name === currentService || network.subnets.length === 0) continue
    const key = JSON.stringify(network)
    const sameNetwork = networks.get(key)
    if (sameNetwork) sameNetwork.services.push(name)
    else networks.set(key, { network, services: [name] })
  }
  return [...networks.values()]
}

const maxNames = 3

function copiedFromText(names: readonly string[]): string {
  const others = names.length - maxNames
  const text = names.slice(0, maxNames).join(', ')
  return others > 0 ? `As ${text} and ${others} more` : `As ${text}`
}
