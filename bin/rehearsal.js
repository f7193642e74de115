#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

enableCompileCache?.()

// A clone runs the TypeScript as it is; a published package carries the built JavaScript.
const source = new URL('../src/rehearsal/main.ts', import.meta.url)
const built = new URL('../dist/rehearsal/main.js', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : built.href)
await main(process.argv.slice(2))
