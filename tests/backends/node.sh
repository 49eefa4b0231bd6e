# A Node.js service with OpenTelemetry's own SDK, which the tests start.

node_install() {
  need node 'install Node.js 20 or later'
  need npm 'install npm'
  cp -r "$here/node" "$work/node"
  (cd "$work/node" && npm ci --ignore-scripts --no-audit --no-fund) >&2 || die 'the packages of tests/backends/node could not be installed'
}

node_install
export NODE_SERVICE=$work/node/service.js
