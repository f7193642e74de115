import type { Histogram } from './histogram.ts'

type Labels = Record<string, string>
export type Sample = [labels: Labels, value: number]

/** A metric in the text format of Prometheus; without samples it is left out. */
export function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  return `${head(name, type, help)}${samples.map(([labels, value]) => `${name}${text(labels)} ${value}\n`).join('')}`
}

export function histogram(name: string, help: string, { read }: Histogram): string {
  const { buckets, sum, count } = read()
  const lines = buckets.map(({ le, count: upTo }) => `${name}_bucket{le="${le}"} ${upTo}\n`).join('')
  return `${head(name, 'histogram', help)}${lines}${name}_sum ${sum}\n${name}_count ${count}\n`
}

const head = (name: string, type: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

function text(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
