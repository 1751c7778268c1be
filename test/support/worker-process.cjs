// Runs a worker with the one option that has no environment variable.
// Arguments: folder of the built product, time-out of a HubSpot request in milliseconds.
const path = require('node:path');

const [, , dist, requestTimeoutMs] = process.argv;
const { loadConfig } = require(path.join(dist, 'config.js'));
const { createLogger } = require(path.join(dist, 'telemetry/log.js'));
const { runWorker } = require(path.join(dist, 'worker.js'));

const config = loadConfig(process.env);
runWorker(config, createLogger(config.logLevel, 'worker'), { requestTimeoutMs: Number(requestTimeoutMs) }).catch(
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
