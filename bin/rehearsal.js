#!/usr/bin/env node
// Plain JavaScript on purpose: Claude's process sees the user's Node and not the clone's, and that may be an older one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) await play()
else handOver(fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url)))

async function play() {
  const [{ keepCompiled }, { load }] = await Promise.all([import('./compile-cache.mjs'), import('./entry.mjs')])
  keepCompiled()
  const { runRehearsal } = await load('rehearsal/main')
  await runRehearsal(process.argv.slice(2))
}

/** The Node that the clone brought plays in this one's place; signals and the end pass through. */
function handOver(node) {
  if (!existsSync(node)) {
    process.stderr.write(
      `The rehearsal agent needs Node 22.18 or newer; this is ${process.version}. Run "npm install" in Baton's folder: that brings one.\n`,
    )
    process.exit(2)
  }
  const player = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => player.kill(signal))
  player.on('exit', (code, signal) => {
    process.exitCode = code ?? 1
    for (const each of signals) process.removeAllListeners(each)
    if (signal !== null) process.kill(process.pid, signal)
  })
}
