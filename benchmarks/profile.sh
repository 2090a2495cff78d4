#!/usr/bin/env bash
# Where the trainer spends its time, by shared library: samples a run of each rule with perf (Debian: linux-perf) and writes a table.
# Usage: benchmarks/profile.sh [SECONDS] [gaitprop train's options …]   Run it from the repository's root, after 'dotnet build -c Release'.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
shift || true
program=artifacts/bin/GaitProp.Kernel/release/gaitprop
command -v perf >/dev/null || { echo "profile.sh: there is no perf on the PATH (Debian: apt-get install linux-perf)" >&2; exit 2; }
work=$(mktemp -d)
pid=

# Nothing goes on when this ends, however it ends; a run that is asked to end writes a checkpoint first.
stop() {
  [ -n "$pid" ] || return 0
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || true
  pid=
}
trap 'stop; rm -rf "$work"' EXIT

echo "# Where the trainer spends its time"
echo
echo "Made by \`benchmarks/profile.sh $seconds $*\`: samples of the process's CPU time ($seconds seconds after the first forty, 499 a second), by library."
echo "\"managed code\" is what .NET compiled, Adam's vectorised pass above all; the kernel's share is memory being mapped and thread wake-ups."
echo
"$program" info | grep -E '^(processor|TorchSharp|\.NET) ' | sed 's/  */ /g; s/^/- /'
echo
echo "| run | libtorch | managed code (with Adam) | system kernel | rest |"
echo "|---|---:|---:|---:|---:|"
for run in "bp fast" "fa fast" "ngait fast" "ngait paper"; do
  read -r rule preset <<<"$run"
  "$program" train cifar-shallow --rule "$rule" --preset "$preset" --epochs 200 --runs "$work/runs" "$@" >"$work/log" 2>&1 &
  pid=$!
  sleep 40
  perf record -q -F 499 -p "$pid" -o "$work/perf" -- sleep "$seconds"
  stop
  perf report -i "$work/perf" --sort dso --stdio 2>/dev/null | awk -v run="$rule, $preset" '
    /^ *[0-9.]+%/ { share = $1 + 0
      if ($2 ~ /^libtorch|^libc10|^libgomp|^libmkl|^libLibTorchSharp/) torch += share
      else if ($2 ~ /doublemapper|^System\.|^GaitProp|^gaitprop|^\[JIT\]|^perf-/) managed += share
      else if ($2 ~ /kernel/) kernel += share
      else rest += share }
    END { printf "| %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", run, torch, managed, kernel, rest }'
  rm -rf "$work/runs"
done
