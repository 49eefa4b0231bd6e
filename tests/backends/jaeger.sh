# Jaeger 2, in memory. JAEGER_HOST names one that is there already, on its usual ports.

jaeger_binary() {
  local version binary
  version=$(sed -n 's#.*github.com/jaegertracing/jaeger \(v[0-9.]*\).*#\1#p' "$here/jaeger/go.mod")
  binary=$cache/jaeger-$version
  [[ -x $binary ]] || need go 'install Go 1.25 or later, or name a running Jaeger in JAEGER_HOST'
  build_once "$binary" jaeger github.com/jaegertracing/jaeger/cmd/jaeger
  echo "$binary"
}

jaeger_start() {
  local binary port
  binary=$(jaeger_binary)
  port=$(free_ports 4)
  JAEGER_QUERY_PORT=$port JAEGER_QUERY_GRPC_PORT=$((port + 1)) JAEGER_HTTP_PORT=$((port + 2)) JAEGER_GRPC_PORT=$((port + 3))
  export JAEGER_QUERY_PORT JAEGER_QUERY_GRPC_PORT JAEGER_HTTP_PORT JAEGER_GRPC_PORT
  start jaeger "$binary" --config "file:$here/jaeger/config.yaml"
  await jaeger bash -c "exec 3<>/dev/tcp/127.0.0.1/$JAEGER_GRPC_PORT 4<>/dev/tcp/127.0.0.1/$JAEGER_QUERY_PORT"
}

if [[ ${JAEGER_HOST:-} ]]; then
  JAEGER_QUERY_PORT=16686 JAEGER_HTTP_PORT=4318 JAEGER_GRPC_PORT=4317
else
  JAEGER_HOST=127.0.0.1
  jaeger_start
fi
export JAEGER_QUERY=$JAEGER_HOST:$JAEGER_QUERY_PORT
export JAEGER_HTTP=http://$JAEGER_HOST:$JAEGER_HTTP_PORT
export JAEGER_GRPC=http://$JAEGER_HOST:$JAEGER_GRPC_PORT
