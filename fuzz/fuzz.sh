#!/bin/sh
# Fuzzes one reader:  fuzz/fuzz.sh TARGET RUNS [options of libFuzzer]
# TARGET is a class of this module, such as dev.llmadapt.local.checkpoint.GgufFuzz. Build first:
#   mvn -Pfuzz -pl fuzz -am -DskipTests package
# What was found is in fuzz/target/found, the inputs that reached new code in fuzz/target/corpus.
set -eu
target=$1
runs=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)/target
class_path="$here/classes:$(cat "$here/classpath")"
name=${target##*.}
mkdir -p "$here/corpus/$name" "$here/found" "$here/seeds/$name"
java -cp "$class_path" dev.llmadapt.fuzz.Seeds "$target" "$here/seeds/$name"
# A heap of 256 MiB: an input is 64 KiB at most, so what needs more is a fault.
exec java -Xmx256m -XX:+UseSerialGC -cp "$class_path" -Dorg.slf4j.simpleLogger.defaultLogLevel=off com.code_intelligence.jazzer.Jazzer \
  --target_class="$target" --instrumentation_includes='dev.llmadapt.local.**:dev.llmadapt.peft.**:dev.llmadapt.prompting.**:com.google.gson.**' \
  --reproducer_path="$here/found" -artifact_prefix="$here/found/$name-" \
  -runs="$runs" -seed=1 -max_len=65536 -timeout=30 -print_final_stats=1 -rss_limit_mb=1024 "$@" \
  "$here/corpus/$name" "$here/seeds/$name"
