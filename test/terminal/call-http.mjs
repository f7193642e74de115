// What a task would do with a token that it has got hold of; prints each answer as a line of JSON.
const base = `http://127.0.0.1:${process.argv[2]}`
const headers = { authorization: 'Bearer token-of-a-test-0123456789abcdef', 'content-type': 'application/json' }
const body = JSON.stringify({ command: 'stop', secret: 'secret-of-a-test-0123456789' })
const calls = [
  ['/api/overview', { headers }],
  ['/api/quick-start', { method: 'POST', headers, body: '{}' }],
  ['/webhook/command', { method: 'POST', headers, body }],
  ['/health', {}],
]
for (const [path, init] of calls) {
  const response = await fetch(base + path, init)
  console.log(JSON.stringify({ status: response.status, body: await response.json() }))
}
