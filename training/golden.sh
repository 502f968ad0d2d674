#!/usr/bin/env bash
# Checks the committed goldens of foreign pipelines in their own Python environment, made on first use:
# diffusers over the exported graphs must give the same numbers. `golden.sh --make` makes pipelines and goldens anew.
set -euo pipefail
cd "$(dirname "$0")/.."

environment="${KINORA_GOLDEN_VENV:-.training/golden-venv}"
stamp="$environment/requirements.sha256"
wanted="$(sha256sum training/requirements-golden.txt)"
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  python3.11 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r training/requirements-golden.txt
  echo "$wanted" >"$stamp"
fi

export HF_HUB_OFFLINE=1
python="$environment/bin/python"
if [ "${1:-}" = "--make" ]; then
  "$python" -m training.golden.pipelines.models
  "$python" -m training.golden.pipelines.cases
  "$python" -m training.golden.pipelines.tokens
  "$python" -m training.golden.pipelines.composed
fi
"$python" -m training.golden.pipelines.verify
