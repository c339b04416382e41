/** Sums the Prometheus samples of this name that have at least these labels; 0 without a match. */
export function sumOfSamples(text: string, name: string, labels: Record<string, string> = {}): number {
  const found = text.split('\n').filter((line) => {
    const [, named = '', held = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? []
    return (
      named === name && Object.entries(labels).every(([label, value]) => `,${held},`.includes(`,${label}="${value}",`))
    )
  })
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
