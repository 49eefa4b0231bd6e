# RabbitMQ, with a port mapper of Erlang's for itself. RABBITMQ_URL names one that is there already.

# The script behind Debian's command, which wants to be called by root and uses the folders of the system.
rabbitmq_server=/usr/lib/rabbitmq/bin/rabbitmq-server

rabbitmq_start() {
  local port
  install_missing "$rabbitmq_server" rabbitmq-server 'name a running server in RABBITMQ_URL'
  port=$(free_ports 3)
  mkdir "$work/rabbitmq"
  start epmd env ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$((port + 1)) epmd
  start rabbitmq env HOME="$work/rabbitmq" \
    ERL_EPMD_ADDRESS=127.0.0.1 \
    ERL_EPMD_PORT=$((port + 1)) \
    RABBITMQ_NODENAME=traced@localhost \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 \
    RABBITMQ_NODE_PORT="$port" \
    RABBITMQ_DIST_PORT=$((port + 2)) \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_CONFIG_FILE="$work/rabbitmq/none" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$work/rabbitmq/plugins" \
    RABBITMQ_MNESIA_BASE="$work/rabbitmq" \
    RABBITMQ_LOGS=- \
    "$rabbitmq_server"
  await rabbitmq grep -q 'Server startup complete' "$work/rabbitmq.log"
  RABBITMQ_URL=amqp://127.0.0.1:$port
}

[[ ${RABBITMQ_URL:-} ]] || rabbitmq_start
export RABBITMQ_URL
