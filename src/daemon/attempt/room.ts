import { freemem } from 'node:os'
import { megabytes } from '../../text/amounts.ts'

/** What one Claude and what it starts take at least. */
const LEAST_MEMORY_BYTES = 300 * 1024 * 1024

/**
 * Why one more process does not start now; undefined: it may. Memory is waited for only while another process of a task could
 * give some back; a first one is started, whatever is left. A full disk holds the queue in a way of its own.
 */
export function whyNoRoom(isFirst: boolean, freeBytes = freemem()): string | undefined {
  if (isFirst || freeBytes >= LEAST_MEMORY_BYTES) return undefined
  return `waiting for memory: ${megabytes(freeBytes)} free, ${megabytes(LEAST_MEMORY_BYTES)} needed`
}
