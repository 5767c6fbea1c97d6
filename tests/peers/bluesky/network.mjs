// Bluesky's own servers, new and empty at each start: identity directory, PDS, AppView with its bsync, Ozone.
// Accounts are made for the people named in PEER_PEOPLE, each with an app password; one JSON line says when all is up.
import { TestNetwork } from '@atproto/dev-env'

const port = name => Number(process.env[`PEER_${name}_PORT`])
const network = await TestNetwork.create({
  dbPostgresSchema: 'parvis_peer',
  plc: { port: port('PLC') },
  pds: { port: port('PDS'), hostname: 'localhost', enableDidDocWithSession: true, inviteRequired: false },
  bsky: { port: port('APPVIEW'), publicUrl: `http://localhost:${port('APPVIEW')}` },
  ozone: { port: port('OZONE') },
})

async function call(method, body, token) {
  const answer = await fetch(`${network.pds.url}/xrpc/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const accounts = {}
for (const name of process.env.PEER_PEOPLE.split(' ')) {
  const handle = `${name}.test`
  const { did, accessJwt } = await call('com.atproto.server.createAccount',
    { email: `${name}@example.test`, handle, password: 'peer-password-only' })
  const { password } = await call('com.atproto.server.createAppPassword', { name: 'parvis' }, accessJwt)
  accounts[name] = { handle, did, app_password: password }
}

// Nothing of it outlives the process, so there is nothing to close with care.
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => process.exit(0))
console.log(JSON.stringify({ up: true, pds: network.pds.url, appview: network.bsky.url, accounts }))
