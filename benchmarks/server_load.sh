#!/usr/bin/env bash
# The server under load beside llama-cpp-python's, on the same files: 1, 8 and 64 clients, then 400 at once; prints Markdown.
#   JAVA_HOME=a JDK 25  PYTHON=python with llama-cpp-python[server]  benchmarks/server_load.sh SECONDS MODEL...
# MODEL is a .gguf file. Needs an otherwise idle machine; the client runs on the same one. Build first:
#   mvn -B -q -pl benchmarks -am -DskipTests package
set -euo pipefail
seconds=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.."
java="${JAVA_HOME:?JAVA_HOME must be a JDK 25 or newer}/bin/java"
python=${PYTHON:-python3}
export CLASSPATH="benchmarks/target/classes:$(cat benchmarks/target/classpath)" MALLOC_ARENA_MAX=1
flags=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dorg.slf4j.simpleLogger.defaultLogLevel=warn)
server=
trap '[ -z "$server" ] || kill "$server"' EXIT

# Waits for a server at a path.
await() {
  for ((i = 0; i < 240; i++)); do
    curl -sf "http://127.0.0.1:$1" > /dev/null && return
    sleep 0.5
  done
  echo "no answer at port $1" >&2
  exit 1
}

load() {
  "$java" "${flags[@]}" dev.llmadapt.benchmarks.ServerLoad url="http://127.0.0.1:$1/v1" name="$2" clients="$3" seconds="$4"
}

echo '| server | clients | answers | refused (429) | failed | tokens/s | first token p50, s | p95 | between tokens p50, ms | p95 |'
echo '|---|---|---|---|---|---|---|---|---|---|'
for model in "${@:2}"; do
  name=$(basename "$model" .gguf)
  LLM_ADAPT_JAVA_OPTS=-Xmx1g ./llm-adapt serve --model "$model" --port 18080 --queue 128 > /dev/null &
  server=$!
  await 18080/ready
  load 18080 warm 1 5 > /dev/null
  for clients in 1 8 64 400; do load 18080 "$name, llm-adapt" "$clients" "$seconds"; done
  kill "$server"; wait "$server" || true
  server=
  "$python" -m llama_cpp.server --model "$model" --port 18081 --n_threads 2 --n_ctx 2048 --interrupt_requests false > /dev/null 2>&1 &
  server=$!
  await 18081/v1/models
  load 18081 warm 1 5 > /dev/null
  for clients in 1 8 64; do load 18081 "$name, llama-cpp-python" "$clients" "$seconds"; done
  kill "$server"; wait "$server" || true
  server=
done
