#!/usr/bin/env bash
# Training on several ranks: a step of one process with all cores, and of as many ranks with one core each; bytes a step, and what of the time the sums are. Writes a Markdown table.
#
#   benchmarks/ranks.sh [RANKS] [STEPS]     on a quiet machine, after 'dotnet build -c Release'; 2 ranks and 20 steps if nothing is said
#
# It needs an mpirun (Debian: apt-get install openmpi-bin libopenmpi3).
set -euo pipefail

fail() { echo "ranks.sh: $*" >&2; exit 2; }

case ${1:-} in --help|-h) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;; esac
cd "$(dirname "$0")/.."
ranks=${1:-2}
steps=${2:-20}
[ $# -le 2 ] || fail "there are more words than RANKS and STEPS: leave out '${*:3}'"
for number in "$ranks" "$steps"; do
  case $number in 0|*[!0-9]*) fail "'$number' is not a whole number above 0; --help shows the order" ;; esac
done
command -v mpirun >/dev/null || fail "there is no mpirun on the PATH (Debian: apt-get install openmpi-bin libopenmpi3)"
built=artifacts/bin/GaitProp.Benchmarks/release/GaitProp.Benchmarks.dll
[ -f "$built" ] || fail "there is no $built: run 'dotnet build -c Release' first"
program=(dotnet "$built" ranks)
options=(--bind-to core -n "$ranks")
if [ "$(id -u)" = 0 ]; then options=(--allow-run-as-root "${options[@]}"); fi

echo "Made by \`benchmarks/ranks.sh $ranks $steps\` with $(mpirun --version | head -1): medians of $steps steps of preset \`fast\` on random pictures."
echo
echo "| network | rule | batch | processes | step, ms | MB summed a step | all sums alone, ms | waited for sums, ms |"
echo "|---|---|---:|---|---:|---:|---:|---:|"
for network in "cifar-shallow 256" "imagenet 32"; do
  read -r name batch <<<"$network"
  for rule in bp ngait; do
    "${program[@]}" "$name" --rule "$rule" --batch "$batch" --steps "$steps" --threads "$ranks"
    "${program[@]}" "$name" --rule "$rule" --batch "$batch" --steps "$steps" --threads 1
    # Open MPI gives ranks a terminal to write to, and .NET greets one that it knows with a code.
    TERM=dumb OMP_NUM_THREADS=1 mpirun "${options[@]}" "${program[@]}" "$name" --rule "$rule" --batch "$batch" --steps "$steps" --threads 1
  done
done
