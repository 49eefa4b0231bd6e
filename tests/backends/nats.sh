# NATS. NATS_URL names one that is there already.

nats_start() {
  local port
  install_missing nats-server nats-server 'name a running server in NATS_URL'
  port=$(free_ports 1)
  farewell[nats]=1
  start nats nats-server -a 127.0.0.1 -p "$port"
  await nats bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  NATS_URL=nats://127.0.0.1:$port
}

[[ ${NATS_URL:-} ]] || nats_start
export NATS_URL
