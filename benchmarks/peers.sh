#!/usr/bin/env bash
# This library beside other engines, on the default model: rounds in turn, then docs/figures/peers.md.
#   JAVA_HOME=a JDK 25  PYTHON=python with llama-cpp-python and numpy  benchmarks/peers.sh [ROUNDS]
# Or, of other sizes, this library beside llama.cpp alone, with opening and memory, then docs/figures/serving.md:
#   benchmarks/peers.sh ROUNDS MODEL...     MODEL is a .gguf file, or default
# A round takes about four minutes. Needs an otherwise idle machine: engines wait for their threads by spinning. Build first:
#   mvn -B -q -Ppeers -pl benchmarks,benchmarks/peers -am -DskipTests package
set -euo pipefail
rounds=${1:-3}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
java="${JAVA_HOME:?JAVA_HOME must be a JDK 25 or newer}/bin/java"
python=${PYTHON:-python3}

if (($# > 1)); then
  work=benchmarks/peers/target/serving
  rm -rf "$work" && mkdir -p "$work"
  export CLASSPATH="benchmarks/target/classes:$(cat benchmarks/target/classpath)" MALLOC_ARENA_MAX=1
  trial=("$java" -XX:+UseSerialGC -Xms16m -Xmn8m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:TrimNativeHeapInterval=1000
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
    dev.llmadapt.benchmarks.ServingTrial)
  for model in "${@:2}"; do
    # packs the weights, and says where the file is
    "${trial[@]}" "$model" COMPACT keep opening > /dev/null
    file=$("${trial[@]}" "$model" AS_STORED keep opening | "$python" -c 'import json, sys; print(json.load(sys.stdin)["path"])')
    name=$(basename "$file" .gguf)
    for ((round = 1; round <= rounds; round++)); do
      "${trial[@]}" "$file" AS_STORED keep > "$work/$name.as-stored.$round.json"
      "${trial[@]}" "$file" COMPACT keep > "$work/$name.compact.$round.json"
      "$python" benchmarks/peers/llama_cpp_serving.py "$file" "$work/$name.as-stored.$round.json" \
        > "$work/$name.llama-cpp.$round.json"
    done
  done
  "$python" benchmarks/peers/serving_table.py "$work" > docs/figures/serving.md
  exit
fi

work=benchmarks/peers/target/rounds
mkdir -p "$work"
# In the environment, and in a jar for the processes that JMH starts: ONNX Runtime 1.29.0 crashes where the command line is
# some 3,500 characters or longer, since it parses it by a recursive regular expression.
export CLASSPATH
ours="benchmarks/target/classes:$(cat benchmarks/target/classpath)"
peers="benchmarks/peers/target/classes:$(cat benchmarks/peers/target/classpath)"
log=-Dorg.slf4j.simpleLogger.defaultLogLevel=warn
flags=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "$log")

# The same weights for Jlama, in a temporary folder.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
CLASSPATH=$peers
gguf=$("$java" "${flags[@]}" dev.llmadapt.benchmarks.peers.JlamaModel "$folder/jlama" | tail -n 1)
CLASSPATH=$ours
"$java" "${flags[@]}" dev.llmadapt.benchmarks.ScorePrompt \
  llm-adapt-pilot/tasks/pennywell/task.json "$gguf" "$work/score.json"

for ((round = 1; round <= rounds; round++)); do
  jmh=("$java" "$log" -Djmh.separateClasspathJAR=true org.openjdk.jmh.Main -foe true -v SILENT -rf json
    -jvm "$java" -jvmArgs "${flags[*]} -Dgguf=$gguf -Djlama=$folder/jlama")
  CLASSPATH=$peers
  "${jmh[@]}" PeerBenchmark.decode -p engine=LLM_ADAPT,LLM_ADAPT_INT8,KHERUD -rff "$work/decode-$round.json"
  "$python" benchmarks/peers/llama_cpp_peer.py "$gguf" "$work/score.json" > "$work/llama-cpp-$round.json"
  CLASSPATH=$ours
  "${jmh[@]}" ScoreBenchmark -f 1 -wi 1 -w 1 -i 2 -r 1 -rff "$work/score-$round.json"
  CLASSPATH=$peers
  "${jmh[@]}" 'PeerBenchmark.(read|encode)' -p sequences=1 -rff "$work/read-$round.json"
  "${jmh[@]}" LoadBenchmark -rff "$work/load-$round.json"
  # it computes a token of each text in turn, so that more sequences say nothing new
  "${jmh[@]}" PeerBenchmark.decode -p engine=JLAMA -p sequences=1,4 -rff "$work/decode-jlama-$round.json"
done
"$python" benchmarks/peers/table.py "$work" "$rounds" > docs/figures/peers.md
