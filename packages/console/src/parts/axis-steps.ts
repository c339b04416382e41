/** The steps of a chart's vertical axis: round numbers from zero to at least the highest value. */

const maxSteps = 4

/**
 * The ticks of an axis: multiples of 1, 2 or 5 times a power of ten, from the one at or below `min` to the one at or
 * above `max`.
 * @param isWhole whether the values are counts, which have no fractions
 */
export function axisSteps(min: number, max: number, isWhole: boolean): number[] {
  const span = Math.max(max, 0) - Math.min(min, 0) || 1
  const power = 10 ** Math.floor(Math.log10(span / maxSteps))
  const roundStep = [1, 2, 5, 10].map((factor) => factor * power).find((step) => span / step <= maxSteps)!
  const step = isWhole ? Math.max(1, roundStep) : roundStep
  const first = Math.floor(Math.min(min, 0) / step)
  const last = Math.max(first + 1, Math.ceil(max / step))
  // A product of whole numbers has no error such as 0.30000000000000004, unless the step itself is a fraction.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
