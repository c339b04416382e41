/**
 * Sums the Prometheus samples of this name that have at least these labels; 0 without a match.
 * @param text a response of `/metrics`
 */
export function sumOfSamples(text: string, name: string, labels: Record<string, string> = {}): number {
  const found = text.split('\n').filter((line) => {
    const [, sampleName = '', sampleLabels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? []
    return (
      sampleName === name &&
      Object.entries(labels).every(([label, value]) => `,${sampleLabels},`.includes(`,${label}="${value}",`))
    )
  })
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
