// What Kysely's dialect asks of better-sqlite3, answered by the SQLite inside Node 22: nothing has to be compiled.
'use strict'
const { DatabaseSync } = require('node:sqlite')

// Callers tell "taken" and "busy" apart by these names; node:sqlite gives only the number.
const ERROR_NAMES = new Map([
  [5, 'SQLITE_BUSY'], [261, 'SQLITE_BUSY_RECOVERY'], [517, 'SQLITE_BUSY_SNAPSHOT'], [773, 'SQLITE_BUSY_TIMEOUT'],
  [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'], [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
])

function named(work) {
  try {
    return work()
  } catch (error) {
    error.code = ERROR_NAMES.get(error.errcode) ?? error.code
    throw error
  }
}

function withBuffers(record) {
  for (const [column, value] of Object.entries(record)) {
    if (value instanceof Uint8Array) record[column] = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  return record
}

class Statement {
  constructor(prepared) {
    this.prepared = prepared
    this.reader = prepared.columns().length !== 0
  }

  all(parameters = []) { return named(() => this.prepared.all(...parameters)).map(withBuffers) }

  run(parameters = []) { return named(() => this.prepared.run(...parameters)) }

  * iterate(parameters = []) {
    for (const record of this.prepared.iterate(...parameters)) yield withBuffers(record)
  }
}

class Database {
  constructor(path, options) { this.connection = new DatabaseSync(path, { timeout: options?.timeout ?? 5000 }) }

  prepare(statement) { return new Statement(named(() => this.connection.prepare(statement))) }

  pragma(text) { return this.prepare('PRAGMA ' + text).all() }

  exec(script) {
    named(() => this.connection.exec(script))
    return this
  }

  close() { this.connection.close() }
}

module.exports = Database
