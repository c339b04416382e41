/** The load balancers of a service: target groups that send requests to a port of a container. */
import type { TaskDefinition } from '@ecs-api/client'
import { arrayOrEmpty, type Container, portsOf } from './container-values.ts'
import { errorAt, TextField } from './fields.tsx'
import { numberOrText, ParsedTextField } from './parsed-field.tsx'
import { targetGroupFault } from './target-group-fault.ts'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

type LoadBalancer = Record<string, unknown>

/** @param containers those of the task definition, as far as it is known */
export function LoadBalancerFields({
  loadBalancers,
  containers,
  help,
  requestError,
  onChange,
}: {
  loadBalancers: unknown
  containers: readonly Container[]
  help?: string
  requestError: unknown
  onChange: (next: LoadBalancer[]) => void
}) {
  const all = arrayOrEmpty(loadBalancers).map((each) => ({ ...(each as LoadBalancer) }))
  const container = containers.find((each) => portsOf(each).length > 0) ?? containers[0]
  const proposal = {
    ...(container?.name && { containerName: container.name }),
    ...(container && portsOf(container).length > 0 && { containerPort: numberOf(portsOf(container)[0]) }),
  }
  return (
    <div className="stack">
      {help && <span className="notes muted">{help}</span>}
      {all.map((loadBalancer, i) => {
        const set = (member: string, value: unknown) =>
          onChange(all.with(i, withMemberUnlessEmpty(loadBalancer, member, value)))
        const errorOf = (member: string) => errorAt(requestError, `/loadBalancers/${i}/${member}`)
        const named = containers.find(({ name }) => name === loadBalancer.containerName)
        const number = all.length > 1 ? ` ${i + 1}` : ''
        return (
          <fieldset
            // biome-ignore lint/suspicious/noArrayIndexKey: a load balancer of a service has no name
            key={i}
            className="plain stack"
            data-owner={number === '' ? 'the load balancer' : `load balancer${number}`}
          >
            <legend className={number === '' ? 'visually-hidden' : undefined}>{`Load balancer${number}`}</legend>
            <div className="pair-of-fields">
              <TextField
                id={`balancer-${i}-container`}
                label="Container"
                error={errorOf('containerName')}
                suggestions={containers.flatMap(({ name }) => name ?? [])}
                value={String(loadBalancer.containerName ?? '')}
                onChange={(value) => set('containerName', value.trim())}
              />
              <ParsedTextField
                id={`balancer-${i}-port`}
                label="Container port"
                error={errorOf('containerPort')}
                suggestions={(named ? portsOf(named) : []).map((port) => String(numberOf(port)))}
                value={loadBalancer.containerPort ?? ''}
                format={String}
                parse={numberOrText as (text: string) => unknown}
                onChange={(value) => set('containerPort', value)}
              />
            </div>
            {typeof loadBalancer.loadBalancerName === 'string' ? (
              <p className="muted">It is a Classic Load Balancer: only the document can change it.</p>
            ) : (
              <TextField
                id={`balancer-${i}-group`}
                label="Target group"
                help="Its ARN. Its target type must be ip."
                error={errorOf('targetGroupArn') ?? targetGroupFault(loadBalancer)}
                isMonospace
                placeholder="arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef"
                value={String(loadBalancer.targetGroupArn ?? '')}
                onChange={(value) => set('targetGroupArn', value.trim())}
              />
            )}
            <div className="row">
              <button type="button" onClick={() => onChange(all.toSpliced(i, 1))}>
                Remove the load balancer{number}
              </button>
            </div>
          </fieldset>
        )
      })}
      <div className="row">
        <button type="button" onClick={() => onChange([...all, proposal])}>
          Add a load balancer
        </button>
      </div>
    </div>
  )
}

/** The number of a port in the API's shorthand, such as `53/udp`. */
const numberOf = (port: unknown) => numberOrText(String(port).split('/')[0]!)

/** The containers of a definition as the fields have them. */
export const containersOfDefinition = (definition: TaskDefinition | undefined) =>
  (definition?.containerDefinitions ?? []) as Container[]
