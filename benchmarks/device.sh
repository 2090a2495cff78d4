#!/usr/bin/env bash
# What the kit does on a GPU, in ten minutes. The machine needs the GPU, its driver and an installed PyTorch: no .NET, no compiler, no network.
#
#   benchmarks/device.sh --pack FILE     where the .NET SDK is: builds the archive, a .tar.gz below 60 MB. libtorch is not in it.
#   device.sh --archive FILE [options]   where the GPU is: unpacks it, checks the reference vectors, measures angles, steps and memory, and trains for as long as there is time.
#
#   --device NAME    cuda (the default), cuda:N, or cpu for a try
#   --seconds N      how long all of it may take; 600 if nothing is said
#   --libtorch DIR   the libtorch to compute with; python3's PyTorch if nothing is said
#   --data DIR|FILE  the folder that holds cifar-10-batches-bin, or a .tar.gz of it; without it the runs are on the embedded set
#   --out DIR        what is brought back: report.md, verify.txt and runs/ (settings and measurements). device-report if nothing is said; a folder with runs/ of an earlier call is refused
#   --checkpoints    brings back the checkpoints of the runs too
#   --epochs N       of each run; 200 if nothing is said, 1 with --smoke
#   --smoke          everything at a small size: shows that it runs, and measures nothing
#
# Where only small files can be carried, both archives go in parts, which the options find by themselves:
#
#   split -b 32M gaitprop-device.tar.gz gaitprop-device.tar.gz.part-
#   tar -C DATA -cz cifar-10-batches-bin | split -b 32M - cifar-10.tar.gz.part-        (DATA: where 'dotnet run data-scripts/cifar10.cs' put it)
#   ./device.sh --archive gaitprop-device.tar.gz --data cifar-10.tar.gz
#
# The archive holds both programs, without notebooks and photos. Exit code 0 if the reference vectors hold and every part was measured, 1 if not, 2 for bad usage, 130 after Ctrl-C; the report is written as far as it got.
set -uo pipefail
stopped=
trap 'stopped=yes' INT

fail() { echo "device.sh: $*" >&2; exit 2; }

pack=; archive=; device=cuda; seconds=600; libtorch=; data=; out=device-report; epochs=; smoke=; checkpoints=
while [ $# -gt 0 ]; do
  case $1 in
    --smoke) smoke=--smoke; shift; continue ;;
    --checkpoints) checkpoints=yes; shift; continue ;;
    --help|-h) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
  esac
  [ -n "${2:-}" ] || fail "$1 needs a value, or is no option; --help shows them all"
  case $1 in
    --pack) pack=$2 ;;
    --archive) archive=$2 ;;
    --device) device=$2 ;;
    --seconds) seconds=$2 ;;
    --libtorch) libtorch=$2 ;;
    --data) data=$2 ;;
    --out) out=$2 ;;
    --epochs) epochs=$2 ;;
    *) fail "unknown option $1; --help shows them all" ;;
  esac
  shift 2
done
case $seconds in ''|*[!0-9]*) fail "--seconds $seconds is not a whole number" ;; esac
case $epochs in 0|*[!0-9]*) fail "--epochs $epochs is not a whole number above 0" ;; esac
[ -z "$epochs" ] || [ -z "$smoke" ] || fail "--epochs has no meaning beside --smoke, whose runs have one epoch: leave one of them out"
few=
if [ -n "$smoke" ]; then
  epochs=1
  few="--set trainImages=256 --set testImages=100 --set batchSize=64"
fi
epochs=${epochs:-200}

if [ -n "$pack" ]; then
  pack=$(realpath -m "$pack")
  cd "$(dirname "$0")/.."
  folder=$(mktemp -d)
  # What is built for another machine takes 400 MB here, and is in the archive.
  trap 'rm -rf "$folder" artifacts/bin/*/release_linux-x64' EXIT
  dotnet publish benchmarks/GaitProp.Benchmarks -c Release -r linux-x64 --self-contained -o "$folder/gaitprop-device" -p:RunAnalyzers=false --nologo -v quiet || exit 1
  tar -C "$folder" -c gaitprop-device | gzip -6 > "$pack" || exit 1
  bytes=$(stat -c %s "$pack")
  echo "$pack: $((bytes / 1000000)) MB"
  [ "$bytes" -lt 60000000 ] || { echo "device.sh: the archive is not below 60 MB" >&2; exit 1; }
  exit 0
fi

begun=$(date +%s)
left() { echo $((begun + seconds - $(date +%s))); }

# A time limit for 'timeout', to which 0 is none and less is an error.
limit() { echo $(($1 > 1 ? $1 : 1)); }

# A file, or its parts in their order, to the standard output.
whole() { if [ -f "$1" ]; then cat "$1"; else cat "$1".part-*; fi; }
there() { [ -f "$1" ] || ls "$1".part-* >/dev/null 2>&1; }

[ -n "$archive" ] || fail "--archive FILE is missing; device.sh --pack FILE makes it where the .NET SDK is"
there "$archive" || fail "there is no $archive, nor $archive.part-*"
[ ! -e "$out/runs" ] || fail "--out $out has the runs of an earlier call: move it away, or name another folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
whole "$archive" | tar -C "$work" -xz || fail "$archive cannot be unpacked: carry it again"
program=$work/gaitprop-device/gaitprop
measure=$work/gaitprop-device/GaitProp.Benchmarks

if [ -n "$data" ] && [ ! -d "$data" ]; then
  there "$data" || fail "there is no $data, nor $data.part-*"
  mkdir "$work/data"
  whole "$data" | tar -C "$work/data" -xz || fail "$data cannot be unpacked: carry it again"
  data=$work/data
fi
data=${data:-embedded}

if [ -z "$libtorch" ]; then
  libtorch=$(python3 -c 'import importlib.util as u, os; s = u.find_spec("torch"); print(os.path.join(os.path.dirname(s.origin), "lib") if s else "")' 2>/dev/null) || libtorch=
fi
[ -z "$libtorch" ] || export GAITPROP_LIBTORCH=$libtorch

mkdir -p "$out" && out=$(realpath "$out") || fail "--out $out cannot be made"
report=$out/report.md
broken=0
{
  echo "# The kit on a device"
  echo
  echo "Made by \`benchmarks/device.sh --device $device --seconds $seconds ${smoke}\`.${smoke:+ A dry run at a small size: its numbers say nothing.}"
  echo
} > "$report"

echo "== reference vectors"
if timeout --foreground -k 5 "$(limit $(($(left) / 3 + 5)))" "$program" verify --device "$device" > "$out/verify.txt" 2>&1; then
  said=$(grep -E 'checks hold' "$out/verify.txt" | tail -n 1)
else
  broken=1
  said="**The reference vectors do not hold**, or could not be computed: $(tail -n 1 "$out/verify.txt")"
fi
[ -z "$stopped" ] || exit 130
printf -- '- reference vectors (`verify.txt`): %s\n' "$said" | tee -a "$report"

echo "== angles, steps, memory"
share=$(limit $(($(left) * 55 / 100)))
timeout --foreground -k 5 "$(limit $((share + 30 < $(left) - 5 ? share + 30 : $(left) - 5)))" "$measure" device --device "$device" --seconds "$share" --out "$report" $smoke
status=$?
if [ $status -ne 0 ]; then
  broken=1
  printf '\nThe measurements stopped before their end (%s).\n' "$([ $status -eq 124 ] && echo "no time was left" || echo "exit code $status")" | tee -a "$report"
fi

[ -z "$stopped" ] || exit 130
echo "== runs"
runs=0
for plan in "cifar-shallow ngait" "cifar-shallow bp" "cifar-deep ngait" "cifar-deep bp" "cifar-shallow ngait+gain" "cifar-deep ngait+gain" "cifar-shallow fa" "cifar-deep fa"; do
  read -r experiment rule <<<"$plan"
  # A run that is stopped writes a checkpoint and its last measurements; nothing is begun that cannot get as far as that.
  time=$(($(left) - 10))
  [ "$time" -ge $([ -n "$smoke" ] && echo 5 || echo 25) ] || break
  timeout --foreground -s INT -k 8 "$time" "$program" train "$experiment" --rule "$rule" --preset fast --epochs "$epochs" --device "$device" --data "$data" --runs "$work/runs" $few > "$work/run.log" 2>&1
  status=$?
  runs=$((runs + 1))
  echo "$experiment, $rule: $(tail -n 1 "$work/run.log" | sed "s|$work/||")"
  [ -z "$stopped" ] || break
  case $status in
    0) ;;
    124) break ;;
    *) broken=1; printf '\n`train %s --rule %s`: %s\n' "$experiment" "$rule" "$(tail -n 1 "$work/run.log")" >> "$report" ;;
  esac
  [ -z "$smoke" ] || [ "$rule" != bp ] || break
done

if [ "$runs" -eq 0 ]; then
  broken=1
  printf '\nNo time was left for a run: give more with `--seconds`.\n' | tee -a "$report"
fi

if [ -d "$work/runs" ]; then
  {
    printf '## Runs\n\nOf %s epochs, as far as there was time; an interrupted one goes on with `gaitprop runs resume` where its checkpoint is.\n\n```\n' "$epochs"
    timeout --foreground 20 "$program" runs list --runs "$work/runs" | sed "s| in $work| in|"
    printf '```\n'
  } >> "$report"
  leave=()
  [ -n "$checkpoints" ] || leave=(--exclude=checkpoints)
  tar -C "$work" -c "${leave[@]}" runs | tar -C "$out" -x
fi
printf '\nAll of it took %s seconds.\n' $(($(date +%s) - begun)) >> "$report"
echo "$report"
[ -z "$stopped" ] || exit 130
exit $broken
