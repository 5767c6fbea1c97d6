// Preloaded before everything else: a server that names no address is given 127.0.0.1, so that nothing here
// can be reached from outside this machine.
'use strict'
const { Server } = require('node:net')
const LOOPBACK = '127.0.0.1'
const listen = Server.prototype.listen
const everywhere = new Set([undefined, null, '', '0.0.0.0', '::'])

function isPort(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^[0-9]+$/.test(value))
}

Server.prototype.listen = function (first, ...others) {
  if (first && typeof first === 'object') {
    const wantsPort = first.port !== undefined && first.path === undefined && first.fd === undefined
    const options = wantsPort && everywhere.has(first.host) ? { ...first, host: LOOPBACK } : first
    return listen.call(this, options, ...others)
  }
  if (isPort(first)) {
    const named = typeof others[0] === 'string'
    const host = named && !everywhere.has(others[0]) ? others[0] : LOOPBACK
    const remaining = named || others[0] === undefined ? others.slice(1) : others
    return listen.call(this, first, host, ...remaining)
  }
  if (first === undefined || typeof first === 'function') return listen.call(this, 0, LOOPBACK, ...[first, ...others].filter(Boolean))
  return listen.call(this, first, ...others)
}
