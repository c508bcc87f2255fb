#!/usr/bin/env bash
# Kafka in five minutes: a broker on this machine, the sample records through trailbell from topic
# to topic, the alerts and the metrics that come of it; then everything is stopped and removed.
#   deploy/kafka_demo.sh          all of it
#   deploy/kafka_demo.sh up       only the broker with its two topics, until `down`
#   deploy/kafka_demo.sh down
# DEMO_BROKER and DEMO_METRICS (host:port) name other addresses than 127.0.0.1:19092 and :9464.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

trailbell=${TRAILBELL:-build/release/bin/trailbell}
export DEMO_BROKER=${DEMO_BROKER:-127.0.0.1:19092} DEMO_METRICS=${DEMO_METRICS:-127.0.0.1:9464}
export DEMO_STATE=${DEMO_STATE:-build/kafka_demo}
state=$DEMO_STATE
alerts_in_the_sample=12
alert_columns='.event_time, .severity, .event_name, .outcome, .account_id, .actor.name // "-"'

fail() {
  echo "$1" >&2
  exit 1
}

# wait_for SECONDS WHAT COMMAND...   until the command succeeds
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "waited in vain for $what: see $state/"
    read -rt 0.2 <> <(:) || true # a pause between two looks
  done
}

stop_one() {
  local pid
  if pid=$(cat "$state/$1.pid" 2>/dev/null); then
    kill "$pid" 2>/dev/null || true
    # Ended, or waiting for a process 1 that takes no leave of it, as in many containers.
    while kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$pid/status"; do
      read -rt 0.1 <> <(:) || true
    done
    rm -f "$state/$1.pid"
  fi
}

down() {
  stop_one trailbell
  stop_one broker
  rm -rf "$state"
}

java_tool() {
  java -XX:TieredStopAtLevel=1 -cp "$jars/*" "$@"
}

up() {
  [ ! -e "$state/broker.pid" ] || fail "it is up already: deploy/kafka_demo.sh down"
  install_packages "${kafka_packages[@]}"
  jars=$(deploy/kafka_jars.sh)
  mkdir -p "$state"
  local controller=${DEMO_CONTROLLER:-127.0.0.1:19093}
  cat >"$state/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://$DEMO_BROKER,CONTROLLER://$controller
advertised.listeners=PLAINTEXT://$DEMO_BROKER
log.dirs=$(realpath "$state")/logs
num.partitions=2
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
PROPERTIES
  java_tool kafka.tools.StorageTool format -t dHJhaWxiZWxsLWRlbW8tMQ \
    -c "$state/server.properties" >"$state/broker.log" 2>&1
  java -XX:TieredStopAtLevel=1 -Xmx512m -cp "$jars/*" kafka.Kafka "$state/server.properties" \
    >>"$state/broker.log" 2>&1 &
  echo $! >"$state/broker.pid"
  wait_for 60 "the broker" kcat -b "$DEMO_BROKER" -L -m 2
  # Asking for a topic makes it.
  for topic in cloudtrail alerts; do
    wait_for 30 "topic $topic" topic_is_there "$topic"
  done
}

topic_is_there() {
  kcat -b "$DEMO_BROKER" -L -t "$1" -m 2 -X allow.auto.create.topics=true |
    grep -q "topic \"$1\" with 2 partitions"
}

metrics() {
  curl -sf "http://$DEMO_METRICS/metrics" | grep -E '^trailbell_(records_total|kafka_lag)'
}

all_is_committed() {
  [ "$(metrics | grep -c '^trailbell_kafka_lag_records.* 0$')" = 2 ]
}

demo() {
  [ -x "$trailbell" ] || fail "there is no $trailbell: run deploy/quickstart.sh first"
  trap down EXIT
  echo "== 1 of 4: a broker at $DEMO_BROKER, topics cloudtrail and alerts"
  up
  echo "== 2 of 4: trailbell run -c deploy/kafka_demo.yaml"
  "$trailbell" run -c deploy/kafka_demo.yaml 2>"$state/trailbell.log" &
  echo $! >"$state/trailbell.pid"
  wait_for 30 "readiness" curl -sf "http://$DEMO_METRICS/readyz"
  echo "== 3 of 4: the files of deploy/sample as messages of cloudtrail; what comes in alerts:"
  find deploy/sample/AWSLogs -name '*.gz' -print0 | sort -z |
    xargs -0 kcat -P -b "$DEMO_BROKER" -t cloudtrail
  timeout 60 kcat -C -q -b "$DEMO_BROKER" -t alerts -o beginning -c "$alerts_in_the_sample" |
    jq -r "[$alert_columns] | @tsv" | sort | expand -t 22,37,57,66,80
  echo "== 4 of 4: http://$DEMO_METRICS/metrics, of some sixty series:"
  wait_for 30 "the commit" all_is_committed
  metrics
  stop_one trailbell
  echo "== stopped: $(grep -o 'everything that was taken is delivered and acknowledged' \
    "$state/trailbell.log" || tail -1 "$state/trailbell.log")"
}

case ${1:-} in
  up) up ;;
  down) down ;;
  "") demo ;;
  *) fail "usage: deploy/kafka_demo.sh [up|down]" ;;
esac
