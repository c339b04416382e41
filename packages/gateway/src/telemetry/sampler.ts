/** The sampler of traces that OpenTelemetry's variables OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG configure. */
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'

type Environment = Readonly<Record<string, string | undefined>>

/** @throws Error for a value that is not supported */
export function samplerOf({
  OTEL_TRACES_SAMPLER: name = 'parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: argument = '1',
}: Environment): Sampler {
  const [, parentBased, kind] = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name) ?? []
  const root = rootOf(kind, argument)
  if (!root)
    throw new Error(
      `OTEL_TRACES_SAMPLER is ${name}; this program supports (parentbased_)always_on, always_off and traceidratio.`,
    )
  return parentBased ? new ParentBasedSampler({ root }) : root
}

function rootOf(kind: string | undefined, argument: string): Sampler | undefined {
  switch (kind) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio': {
      const ratio = Number(argument)
      if (!(ratio >= 0 && ratio <= 1))
        throw new Error(`OTEL_TRACES_SAMPLER_ARG is ${argument}; expected a ratio from 0 to 1.`)
      return new TraceIdRatioBasedSampler(ratio)
    }
    default:
      return undefined
  }
}
