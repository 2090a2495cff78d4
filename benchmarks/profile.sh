#!/usr/bin/env bash
# Where the trainer spends its time, by shared library: samples a run of each rule with perf (Debian: linux-perf) and writes a table.
#
#   benchmarks/profile.sh [SECONDS] [gaitprop train's options …]     after 'dotnet build -c Release'; SECONDS of each run are sampled, 30 if nothing is said
set -euo pipefail

fail() { echo "profile.sh: $*" >&2; exit 2; }

case ${1:-} in --help|-h) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;; esac
cd "$(dirname "$0")/.."
seconds=${1:-30}
shift || true
case $seconds in 0|*[!0-9]*) fail "SECONDS is '$seconds', which is not a whole number above 0; --help shows the order" ;; esac
program=artifacts/bin/GaitProp.Kernel/release/gaitprop
[ -x "$program" ] || fail "there is no $program: run 'dotnet build -c Release' first"
command -v perf >/dev/null || fail "there is no perf on the PATH (Debian: apt-get install linux-perf)"
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

# A run that ended by itself has nothing to sample.
running() { kill -0 "$pid" 2>/dev/null || { echo "profile.sh: 'gaitprop train cifar-shallow --rule $rule --preset $preset $*' ended too soon: $(tail -n 1 "$work/log")" >&2; exit 1; }; }

echo "# Where the trainer spends its time"
echo
echo "Made by \`benchmarks/profile.sh $seconds $*\` on $(date -u +%F): samples of the process's CPU time ($seconds seconds after the first forty, 499 a second), by library."
echo "\"managed code\" is what .NET compiled, Adam's vectorised pass above all; the kernel's share is memory being mapped and thread wake-ups."
echo
"$program" info | grep -E '^(GaitProp|TorchSharp|libtorch |\.NET|processor) ' | sed 's/  */ /g; s/ *$//; s/^/- /'
echo
echo "| run | libtorch | managed code (with Adam) | system kernel | rest |"
echo "|---|---:|---:|---:|---:|"
for run in "bp fast" "fa fast" "ngait fast" "ngait paper"; do
  read -r rule preset <<<"$run"
  "$program" train cifar-shallow --rule "$rule" --preset "$preset" --epochs 200 --runs "$work/runs" "$@" >"$work/log" 2>&1 &
  pid=$!
  sleep 40
  running "$@"
  perf record -q -F 499 -p "$pid" -o "$work/perf" -- sleep "$seconds"
  running "$@"
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
