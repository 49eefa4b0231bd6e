// Passes each request on to UPSTREAM, traced by OpenTelemetry's own SDK as its environment variables say. A request without
// baggage gets TENANT. It says where it listens, and ends with its standard input.
'use strict';

const { context, propagation } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();

// Only now, so that it is instrumented.
const http = require('node:http');

const { UPSTREAM, TENANT } = process.env;

function withTenant() {
  const current = context.active();
  if (propagation.getBaggage(current)) return current;
  return propagation.setBaggage(current, propagation.createBaggage({ tenant: { value: TENANT } }));
}

function passOn(request, response) {
  const { method, url } = request;
  const upstream = http.request(`http://${UPSTREAM}${url}`, { method, headers: { 'content-type': 'application/json' } });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode, { 'content-type': answer.headers['content-type'] });
    answer.pipe(response);
  });
  upstream.on('error', (error) => response.writeHead(502).end(error.message));
  request.pipe(upstream);
}

const server = http.createServer((request, response) => context.with(withTenant(), passOn, undefined, request, response));
server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${server.address().port}`));

process.stdin.on('end', () => {
  server.close();
  server.closeAllConnections();
  sdk.shutdown();
});
process.stdin.resume();
