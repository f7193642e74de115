#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run on any Node, old ones too, to say which one Baton needs.
var need = [22, 18]
var have = process.versions.node.split('.').map(Number)
if (have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])) {
  process.stderr.write(
    'Baton needs Node ' +
      need.join('.') +
      ' or newer; this is ' +
      process.version +
      '. In a clone, run "npm install" once and start it with npm ("npm run tasks"): that brings its own Node.\n',
  )
  process.exit(2)
}
import('./start.mjs')
