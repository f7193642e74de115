// Which page is meant, from the part of the address behind the #.

import { base } from './base.js'

/** Pages by the shape of their address; parts with a colon are handed over. */
export function createRouter(pages) {
  const patterns = Object.entries(pages).map(([pattern, page]) => ({ parts: pattern.split('/'), page }))
  return {
    /** The page of an address and its parts; undefined for one that does not exist. */
    find(hash) {
      const given = hash.replace(/^#\/?/, '').split('/').map(decode)
      for (const { parts, page } of patterns) {
        if (parts.length !== given.length) continue
        const params = {}
        const fits = parts.every((part, i) => {
          if (!part.startsWith(':')) return part === given[i]
          params[part.slice(1)] = given[i]
          return given[i] !== ''
        })
        if (fits) return { page, params }
      }
      return undefined
    },
  }
}

/** An address without a #, as people type it, becomes the same with one; the page says so when there is none. */
export function pathToHash() {
  const path = location.pathname.startsWith(`${base}/`) ? location.pathname.slice(base.length) : '/'
  if (path !== '/') history.replaceState(null, '', `${base}/#${path}`)
}

function decode(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export const runAddress = (runId) => `#/run/${encodeURIComponent(runId)}`
export const taskAddress = (runId, number) => `${runAddress(runId)}/task/${number}`
