#!/usr/bin/env bash
# Lints, tests and smoke-runs the training pipeline in its own Python environment, made on first use.
set -euo pipefail
cd "$(dirname "$0")/.."

environment="${KINORA_TRAINING_VENV:-.training/venv}"
stamp="$environment/requirements.sha256"
wanted="$(sha256sum training/requirements.txt)"
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r training/requirements.txt
  echo "$wanted" >"$stamp"
fi

python="$environment/bin/python"
"$python" -m ruff check training
"$python" -m ruff format --check training
"$python" -m pytest -q training
"$python" -m training.smoke
