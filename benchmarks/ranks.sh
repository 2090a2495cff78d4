#!/usr/bin/env bash
# Training on several ranks: a step of one process with all cores, and of as many ranks with one core each; bytes a step, and what of the time the sums are. Writes a Markdown table.
# Usage: benchmarks/ranks.sh [RANKS] [STEPS]   Run it on a quiet machine, from the repository's root, after 'dotnet build -c Release'. It needs an mpirun: apt-get install openmpi-bin libopenmpi3.
set -euo pipefail
cd "$(dirname "$0")/.."
ranks=${1:-2}
steps=${2:-20}
program=(dotnet artifacts/bin/GaitProp.Benchmarks/release/GaitProp.Benchmarks.dll ranks)
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
